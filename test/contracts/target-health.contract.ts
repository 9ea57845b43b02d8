import { describe, expect, it } from "vitest";
import type { TrafficRoute } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { type TargetHealth, TargetHealthUnavailableError } from "../../lib/ports/target-health.ts";

/** States a registered target can be in, as far as the port tells them apart. */
export type TargetState = "healthy" | "initial" | "unhealthy" | "draining" | "unused";

/** What a runner must be able to do to the router. At the start the slot exists and has no targets. */
export interface TargetHealthSetup<Route extends TrafficRoute> {
	readonly targetHealth: TargetHealth<Route>;
	readonly route: Route;
	readonly slot: SlotName;
	/** Registers one target in each of these states. */
	register(states: readonly TargetState[]): Promise<void>;
	/** False where it knows only which targets are ready, and not why the others are not. */
	readonly knowsChecks: boolean;
	/** The next call gets no answer. */
	failNextRead(): void;
}

/** What every TargetHealth promises. */
export const targetHealthContract = <Route extends TrafficRoute>(
	name: string,
	make: () => Promise<TargetHealthSetup<Route>>,
): void => {
	describe(`${name} keeps the contract of TargetHealth`, () => {
		it("given an empty slot, counts nothing", async () => {
			const { targetHealth, route, slot } = await make();

			expect(await targetHealth.count(route, slot)).toEqual({ healthy: 0, unhealthy: 0, failing: 0, unused: 0 });
		});

		it("given targets in every state, counts as healthy only those that get requests", async () => {
			const { targetHealth, route, slot, register, knowsChecks } = await make();
			await register(["healthy", "initial", "healthy", "unhealthy", "draining", "healthy"]);

			const failing = knowsChecks ? 1 : 0;
			expect(await targetHealth.count(route, slot)).toEqual({ healthy: 3, unhealthy: 3, failing, unused: 0 });
		});

		it("given targets that nobody checks, tells them from those that fail", async () => {
			const { targetHealth, route, slot, register, knowsChecks } = await make();
			await register(["unused", "unused", "unhealthy"]);

			const told = knowsChecks ? { failing: 1, unused: 2 } : { failing: 0, unused: 0 };
			expect(await targetHealth.count(route, slot)).toEqual({ healthy: 0, unhealthy: 3, ...told });
		});

		it("given no answer, says that it is unavailable", async () => {
			const { targetHealth, route, slot, failNextRead } = await make();
			failNextRead();

			await expect(targetHealth.count(route, slot)).rejects.toThrow(TargetHealthUnavailableError);
		});
	});
};
