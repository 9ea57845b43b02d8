/** The nearest-rank quantile of some values, 0 < share ≤ 1: a value that occurred, never one in between. Null of none. */
export const quantile = (values: readonly number[], share: number): number | null => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
};
