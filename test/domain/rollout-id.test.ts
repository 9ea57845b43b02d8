import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidRolloutIdError, parseRolloutId, rolloutIdOf } from "../../lib/domain/rollout-id.ts";

/** Every name that a definition may give a service, those that look like rollout ids included. */
const service = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);
const epoch = fc.integer({ min: 1, max: 999_999_999_999 });

describe("rolloutIdOf and parseRolloutId", () => {
	it("given any service and epoch, what was made of them is read back", () => {
		fc.assert(
			fc.property(service, epoch, (name, number) => {
				expect(parseRolloutId(rolloutIdOf(name, number))).toStrictEqual({ service: name, epoch: number });
			}),
			{ seed: 3, numRuns: 500 },
		);
	});

	it.each([
		["checkout-2-7", { service: "checkout-2", epoch: 7 }],
		["a--7", { service: "a-", epoch: 7 }],
		["a-0-1", { service: "a-0", epoch: 1 }],
	])("given the service's own name in %s, takes the last number for the epoch", (rolloutId, parsed) => {
		expect(parseRolloutId(rolloutId)).toStrictEqual(parsed);
	});

	it.each([
		"",
		"checkout",
		"checkout-",
		"checkout-0",
		"checkout-07",
		"checkout-1.5",
		"checkout-7 ",
		" checkout-7",
		"checkout-7-closing",
		"7-7",
		"Checkout-7",
		"check_out-7",
		"-7",
		`${"a".repeat(41)}-7`,
		"checkout-1234567890123",
	])("given %j, refuses it by name and says what is allowed", (bad) => {
		expect(() => parseRolloutId(bad)).toThrow(InvalidRolloutIdError);
		expect(() => parseRolloutId(bad)).toThrow(
			`Rollout id "${bad}" is not valid: allowed is "<service>-<epoch>", as in "checkout-7".`,
		);
	});

	it("given an error of it, says its own name even when minified", () => {
		expect(new InvalidRolloutIdError("x").name).toBe("InvalidRolloutIdError");
	});
});
