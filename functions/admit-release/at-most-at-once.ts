/**
 * Acts on each item, in their order, on so many at once as the limit says; it asks `mayBegin` before each, and waits for
 * all that were begun. `act` keeps its trouble to itself: a rejection would leave the others running unwatched.
 * @returns the items that were not begun.
 */
export const atMostAtOnce = async <Item>(
	limit: number,
	items: readonly Item[],
	mayBegin: () => boolean,
	act: (item: Item) => Promise<void>,
): Promise<readonly Item[]> => {
	const left: Item[] = [];
	// One iterator for all of them: whoever is free takes the next.
	const queue = items.values();
	const work = async (): Promise<void> => {
		for (const item of queue) {
			if (mayBegin()) await act(item);
			else left.push(item);
		}
	};
	await Promise.all(Array.from({ length: limit }, work));
	return left;
};
