import { describe, expect, it } from "vitest";
import { type Identity, IdentityUnavailableError } from "../../lib/ports/identity.ts";

/** Somebody whose id is `AROAEXAMPLE:ana`, and what a test may do to whoever says so. */
export interface IdentitySetup {
	readonly identity: Identity;
	silence(): void;
}

/** What every Identity promises. */
export const identityContract = (name: string, make: () => Promise<IdentitySetup>): void => {
	describe(`${name} as Identity`, () => {
		it("given credentials, says whose they are as IAM does", async () => {
			const { identity } = await make();

			expect(await identity.name()).toBe("AROAEXAMPLE:ana");
		});

		it("given no answer, says that it is unavailable", async () => {
			const { identity, silence } = await make();
			silence();

			await expect(identity.name()).rejects.toThrow(IdentityUnavailableError);
		});
	});
};
