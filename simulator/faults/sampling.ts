/** What happens more often than this at one place is polling: the first time, one in the middle and the last stand for all. */
const polledFrom = 9;

/** Counts what happens at places, so that the n-th time at one place has a name: `<place> #<n>`. */
export class Occurrences {
	readonly #counts = new Map<string, number>();

	/** The name of this time. */
	next(place: string): string {
		const count = (this.#counts.get(place) ?? 0) + 1;
		this.#counts.set(place, count);
		return `${place} #${count}`;
	}

	/** Names of the times that stand for all. */
	representative(): readonly string[] {
		return [...this.#counts].flatMap(([place, count]) => {
			const times =
				count < polledFrom ? Array.from({ length: count }, (_, index) => index + 1) : [1, Math.ceil(count / 2), count];
			return times.map((time) => `${place} #${time}`);
		});
	}
}

/** The last word of a name that CDK made of many: what a person calls a machine or a rule. */
export const shortName = (physicalName: string): string =>
	physicalName.replace(/[0-9A-F]{8}$/, "").replace(/^.*-(Triggers)?/, "");
