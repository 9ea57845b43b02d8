import { describe, expect, it } from "vitest";
import type { LifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import { EventsUnavailableError, type LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";

/** An empty bus and what a test may do to it. */
export interface LifecycleEventsSetup {
	readonly events: LifecycleEvents;
	/** What a consumer of the bus has received, parsed as consumers parse it. */
	received(): Promise<readonly LifecycleEvent[]>;
	/** The bus takes the next publication but for its last event. */
	refuseOne(): void;
	/** From now on the bus answers nothing. */
	silence(): void;
}

const shifted = (toPercent: number): LifecycleEvent => ({
	id: `checkout-7-shifted-${toPercent}`,
	kind: "rollout.shifted.v1",
	detail: { service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_700_000_000_000, fromPercent: 0, toPercent },
});

const idsOf = (events: readonly LifecycleEvent[]): readonly string[] => [...new Set(events.map(({ id }) => id))].sort();

/** What every LifecycleEvents promises, whatever carries the events. */
export const lifecycleEventsContract = (name: string, make: () => Promise<LifecycleEventsSetup>): void => {
	describe(`${name} as LifecycleEvents`, () => {
		it("given an event, delivers it whole, with its id", async () => {
			const { events, received } = await make();
			const refused: LifecycleEvent = {
				id: "checkout-refused-1",
				kind: "release.refused.v1",
				detail: { service: "checkout", imageDigest: "sha256:0", atEpochMs: 1, reason: "Ein Grund: „nein“" },
			};

			await events.publish([shifted(5), refused]);

			expect(await received()).toEqual(expect.arrayContaining([shifted(5), refused]));
		});

		it("given ten events at once, delivers every one", async () => {
			const { events, received } = await make();
			const ten = Array.from({ length: 10 }, (_, index) => shifted(index + 1));

			await events.publish(ten);

			expect(idsOf(await received())).toEqual(idsOf(ten));
		});

		it("given no events, delivers none", async () => {
			const { events, received } = await make();

			await events.publish([]);

			expect(await received()).toEqual([]);
		});

		it("given a bus that refuses one of them, says so, and publishing again completes them", async () => {
			const { events, received, refuseOne } = await make();
			const both = [shifted(5), shifted(25)];
			refuseOne();

			await expect(events.publish(both)).rejects.toThrow(EventsUnavailableError);
			const before = idsOf(await received());
			await events.publish(both);

			expect(before).toEqual([shifted(5).id]);
			expect(idsOf(await received())).toEqual(idsOf(both));
		});

		it("given a bus that does not answer, says that it is unavailable", async () => {
			const { events, silence } = await make();
			silence();

			await expect(events.publish([shifted(5)])).rejects.toThrow(EventsUnavailableError);
		});
	});
};
