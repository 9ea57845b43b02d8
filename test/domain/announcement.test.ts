import { describe, expect, it } from "vitest";
import { announce } from "../../lib/domain/announcement.ts";

const detail = { service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_000 };

describe("announce", () => {
	it("given what happened, carries it unchanged under its kind", () => {
		expect(announce("rollout.opened.v1", detail)).toStrictEqual({
			id: "checkout/checkout-7/rollout.opened.v1/",
			kind: "rollout.opened.v1",
			detail,
		});
	});

	it("given the same thing said again a minute later, gives the same id", () => {
		const again = announce("rollout.opened.v1", { ...detail, atEpochMs: 61_000 });

		expect(again.id).toBe(announce("rollout.opened.v1", detail).id);
	});

	it("given two occasions of one kind, tells them apart", () => {
		const shifted = { ...detail, fromPercent: 0, toPercent: 5 };

		const ids = [5, 25, "resumed"].map((occasion) => announce("rollout.shifted.v1", shifted, occasion).id);

		expect(ids).toStrictEqual([
			"checkout/checkout-7/rollout.shifted.v1/5",
			"checkout/checkout-7/rollout.shifted.v1/25",
			"checkout/checkout-7/rollout.shifted.v1/resumed",
		]);
	});

	it("given an event of no rollout, leaves its place in the id empty", () => {
		const needed = { service: "checkout", atEpochMs: 1_000, reason: "still red" };

		expect(announce("service.needs-attention.v1", needed).id).toBe("checkout//service.needs-attention.v1/");
	});
});
