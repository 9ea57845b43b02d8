/** Requests of one version, and how many of them were bad. */
export interface Share {
	readonly bad: number;
	readonly requests: number;
}

/** Weights below this, of the likeliest one, change no digit of a sum. */
const negligible = 1e-18;

/** Metrics that are out of step may count more bad requests than requests. */
const wholeShare = ({ bad, requests }: Share): Share => {
	const whole = Math.max(0, Math.round(requests));
	return { bad: Math.min(whole, Math.max(0, Math.round(bad))), requests: whole };
};

/**
 * How likely chance alone gives the canary that many of the bad requests of both, or more, were both versions alike;
 * 0–1. Fisher's exact test, one-sided: the tail of the hypergeometric distribution. Each weight follows from its
 * neighbour's, outwards from the likeliest one, so nothing overflows; some twenty standard deviations of them count,
 * at most five times the square root of all requests.
 * @see R. A. Fisher, The Logic of Inductive Inference, Journal of the Royal Statistical Society 98 (1935), 39–82
 */
export const chanceRatio = (canary: Share, stable: Share): number => {
	const [{ bad: seen, requests }, other] = [wholeShare(canary), wholeShare(stable)];
	const allBad = seen + other.bad;
	const allRequests = requests + other.requests;
	const least = Math.max(0, allBad - other.requests);
	const most = Math.min(requests, allBad);
	/** How much likelier one bad request more on the canary is than this many. */
	const growth = (bad: number): number =>
		((allBad - bad) * (requests - bad)) / ((bad + 1) * (other.requests - allBad + bad + 1));

	const likeliest = Math.floor(((requests + 1) * (allBad + 1)) / (allRequests + 2));
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
