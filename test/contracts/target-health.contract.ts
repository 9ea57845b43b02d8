import { describe, expect, it } from "vitest";
import { type TargetHealth, TargetHealthUnavailableError } from "../../lib/ports/target-health.ts";

/** States a registered target can be in, as far as the port tells them apart. */
export type TargetState = "healthy" | "initial" | "unhealthy" | "draining";

/** What a runner must be able to do to the load balancer. At the start the group exists and has no targets. */
export interface TargetHealthSetup {
	readonly targetHealth: TargetHealth;
	readonly targetGroupArn: string;
	/** Registers one target in each of these states. */
	register(states: readonly TargetState[]): Promise<void>;
	/** The next call gets no answer. */
	failNextRead(): void;
}

/** What every TargetHealth promises. */
export const targetHealthContract = (name: string, make: () => Promise<TargetHealthSetup>): void => {
	describe(`${name} keeps the contract of TargetHealth`, () => {
		it("given an empty group, counts nothing", async () => {
			const { targetHealth, targetGroupArn } = await make();

			expect(await targetHealth.count(targetGroupArn)).toEqual({ healthy: 0, unhealthy: 0 });
		});

		it("given targets in every state, counts as healthy only those that get requests", async () => {
			const { targetHealth, targetGroupArn, register } = await make();
			await register(["healthy", "initial", "healthy", "unhealthy", "draining", "healthy"]);

			expect(await targetHealth.count(targetGroupArn)).toEqual({ healthy: 3, unhealthy: 3 });
		});

		it("given no answer, says that it is unavailable", async () => {
			const { targetHealth, targetGroupArn, failNextRead } = await make();
			failNextRead();

			await expect(targetHealth.count(targetGroupArn)).rejects.toThrow(TargetHealthUnavailableError);
		});
	});
};
