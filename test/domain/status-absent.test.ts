import { describe, expect, it } from "vitest";
import { absentStatusOf } from "../../lib/domain/status-absent.ts";
import { release } from "./builders.ts";

describe("absentStatusOf", () => {
	it("given a service that never had a record, says that it is not enrolled and how it would be", () => {
		const { absence, next } = absentStatusOf("checkout", null);

		expect(absence).toBe("not-enrolled");
		expect(next).toContain("`sluice enrol checkout --dry-run`");
	});

	it("given one that is being given back, says what served and how to go on", () => {
		const told = absentStatusOf("checkout", { epoch: 7, leaving: { slot: "green", release: release("b") } });

		expect(told).toMatchObject({
			absence: "leaving",
			serves: "It is being given back from slot green, which serves bbbbbbbbbbbb; pushes are not rolled out.",
			next: expect.stringContaining("`sluice release-service checkout` goes on"),
		});
		expect(absentStatusOf("checkout", { epoch: 7, leaving: {} }).serves).toBe(
			"It is being given back; pushes are not rolled out.",
		);
	});

	it("given one that was given back, says so, and that it may be on its way again", () => {
		expect(absentStatusOf("checkout", { epoch: 7 })).toMatchObject({
			absence: "given-back",
			serves: expect.stringMatching(/an enrolment under way .* it was given back/),
		});
	});
});
