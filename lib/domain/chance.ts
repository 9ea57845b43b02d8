/** Requests of one version, and how many of them were bad. */
export interface Share {
	readonly bad: number;
	readonly requests: number;
}

/** How many requests may be bad by chance, and how much likelier each number is than the one below it. */
interface Distribution {
	readonly least: number;
	readonly most: number;
	/** Where its weights are largest, or near it. */
	readonly likeliest: number;
	/** How much likelier one bad request more is than this many. */
	readonly growth: (bad: number) => number;
}

/** Weights below this, of the likeliest one, change no digit of a sum. */
const negligible = 1e-18;

/** Metrics that are out of step may count more bad requests than requests. */
const wholeShare = ({ bad, requests }: Share): Share => {
	const whole = Math.max(0, Math.round(requests));
	return { bad: Math.min(whole, Math.max(0, Math.round(bad))), requests: whole };
};

/**
 * How likely a distribution gives that many or more, 0–1. Each weight follows from its neighbour's, outwards from the
 * likeliest one, so nothing overflows; some twenty standard deviations of them count, at most ten times the square
 * root of all requests.
 */
const tailRatio = (seen: number, { least, most, likeliest, growth }: Distribution): number => {
	const start = Math.min(most, Math.max(least, likeliest));
	let [all, tail] = [0, 0];
	const add = (bad: number, weight: number): void => {
		all += weight;
		if (bad >= seen) tail += weight;
	};
	for (let [bad, weight] = [start, 1]; bad <= most && weight > negligible; weight *= growth(bad++)) add(bad, weight);
	for (let [bad, weight] = [start, 1]; bad > least && weight > negligible; ) {
		weight /= growth(--bad);
		add(bad, weight);
	}
	return tail / all;
};

/**
 * How likely chance alone gives the canary that many of the bad requests of both, or more, were both versions alike;
 * 0–1. Fisher's exact test, one-sided: the tail of the hypergeometric distribution.
 * @see R. A. Fisher, The Logic of Inductive Inference, Journal of the Royal Statistical Society 98 (1935), 39–82
 */
export const differenceChanceRatio = (canary: Share, stable: Share): number => {
	const [{ bad, requests }, other] = [wholeShare(canary), wholeShare(stable)];
	const allBad = bad + other.bad;
	return tailRatio(bad, {
		least: Math.max(0, allBad - other.requests),
		most: Math.min(requests, allBad),
		likeliest: Math.floor(((requests + 1) * (allBad + 1)) / (requests + other.requests + 2)),
		growth: (some) => ((allBad - some) * (requests - some)) / ((some + 1) * (other.requests - allBad + some + 1)),
	});
};

/**
 * How likely chance alone makes that many requests bad, or more, where each is bad with the probability `trueRatio`;
 * 0–1. The exact binomial test, one-sided.
 * @see C. J. Clopper, E. S. Pearson, The Use of Confidence or Fiducial Limits, Biometrika 26 (1934), 404–413
 */
export const excessChanceRatio = (share: Share, trueRatio: number): number => {
	const { bad, requests } = wholeShare(share);
	const odds = trueRatio / (1 - trueRatio);
	return tailRatio(bad, {
		least: 0,
		most: requests,
		likeliest: Math.floor((requests + 1) * trueRatio),
		growth: (some) => ((requests - some) / (some + 1)) * odds,
	});
};
