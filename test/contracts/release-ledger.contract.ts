import { describe, expect, it } from "vitest";
import { releaseOf } from "../../lib/domain/release.ts";
import { idleState, type ServiceState } from "../../lib/domain/service-state.ts";
import { LedgerUnavailableError, type ReleaseLedger } from "../../lib/ports/release-ledger.ts";
import { ReleaseSeenConflictError, type ServiceStore } from "../../lib/ports/service-store.ts";
import { contractRelease } from "./contract-state.ts";

/** A ledger and the store that admits, over one empty table, and what a test may do to it. */
export interface ReleaseLedgerSetup {
	readonly ledger: ReleaseLedger;
	readonly store: ServiceStore;
	enrol(state: ServiceState): Promise<void>;
	/** From now on the product answers nothing. */
	silence(): void;
}

const idle = idleState("checkout", "blue", contractRelease("a"));
const start = { condition: { phaseIn: ["idle"] }, set: { epoch: 1, phase: "preparing" } } as const;
const finish = { condition: {}, set: { phase: "idle" } } as const;

/** What every ReleaseLedger promises, whatever it writes in. */
export const releaseLedgerContract = (name: string, make: () => Promise<ReleaseLedgerSetup>): void => {
	describe(`${name} as a ReleaseLedger`, () => {
		it("given an image that a service admitted, knows it whatever it is configured with, and for that service only", async () => {
			const { ledger, store, enrol } = await make();
			await enrol(idle);
			await store.admit("checkout", contractRelease("b"), start);
			const configured = releaseOf(contractRelease("b").imageDigest, "v2", "c".repeat(64));

			expect(await ledger.hasAdmitted("checkout", configured)).toBe(true);
			expect(await ledger.hasAdmitted("checkout", contractRelease("c"))).toBe(false);
			expect(await ledger.hasAdmitted("search", contractRelease("b"))).toBe(false);
		});

		it("given an image that a person asks for again, admits it, and it stays admitted", async () => {
			const { ledger, store, enrol } = await make();
			await enrol(idle);
			await store.admit("checkout", contractRelease("b"), start);
			await store.write("checkout", finish);

			await expect(store.admit("checkout", contractRelease("b"), start)).rejects.toThrow(ReleaseSeenConflictError);
			const again = await store.admit("checkout", contractRelease("b"), start, { again: true });

			expect(again.phase).toBe("preparing");
			expect(await ledger.hasAdmitted("checkout", contractRelease("b"))).toBe(true);
		});

		it("given an image that is admitted by command for the first time, remembers it all the same", async () => {
			const { ledger, store, enrol } = await make();
			await enrol(idle);

			await store.admit("checkout", contractRelease("b"), start, { again: true });

			expect(await ledger.hasAdmitted("checkout", contractRelease("b"))).toBe(true);
		});

		it("given who pushed, says so; whoever was first stays, and each service and image has its own", async () => {
			const { ledger } = await make();
			expect(await ledger.pusherOf("checkout", contractRelease("b"))).toBeNull();

			await ledger.rememberPusher("checkout", contractRelease("b"), "AROAEXAMPLE:ana");
			await ledger.rememberPusher("checkout", contractRelease("b"), "AROAEXAMPLE:ben");

			expect(await ledger.pusherOf("checkout", contractRelease("b", "another-tag"))).toBe("AROAEXAMPLE:ana");
			expect(await ledger.pusherOf("checkout", contractRelease("c"))).toBeNull();
			expect(await ledger.pusherOf("search", contractRelease("b"))).toBeNull();
			expect(await ledger.hasAdmitted("checkout", contractRelease("b"))).toBe(false);
		});

		it("given no answer, says that it is unavailable", async () => {
			const { ledger, silence } = await make();
			silence();

			await expect(ledger.hasAdmitted("checkout", contractRelease("b"))).rejects.toThrow(LedgerUnavailableError);
			await expect(ledger.pusherOf("checkout", contractRelease("b"))).rejects.toThrow(LedgerUnavailableError);
			await expect(ledger.rememberPusher("checkout", contractRelease("b"), "ana")).rejects.toThrow(
				LedgerUnavailableError,
			);
		});
	});
};
