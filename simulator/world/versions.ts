import { isDeepStrictEqual } from "node:util";
import type { Configuration } from "./pod-content.ts";

/** A metric of the user's business that a version's pods publish, such as Shop/OrdersFailed. */
export interface BusinessMetric {
	readonly namespace: string;
	readonly name: string;
	readonly dimensions: Readonly<Record<string, string>>;
	/** Expected sum per served request; the sum in a bucket is Poisson around it. */
	readonly perRequest: number;
}

/** Ratios that are added to a version's own, 0–1. */
export interface ExtraTrouble {
	readonly errorRatio?: number;
	readonly slowRatio?: number;
}

/** How the pods of one image behave. Later faults are further optional fields. */
export interface VersionBehaviour {
	/** Share of requests answered with a server error, 0–1. */
	readonly errorRatio: number;
	/** Share of the other requests answered slower than the limit, 0–1. */
	readonly slowRatio: number;
	/** Median time from a pod's creation to ready; each pod draws its own between 0.8 and 1.25 of it. */
	readonly startSeconds: number;
	/** A crash loop: pods are wanted, and never become ready. */
	readonly neverReady: boolean;
	/** Each pod crashes this long after it got ready (0.8 to 1.25 of it), is restarted with growing waits, and crashes again. */
	readonly crashAfterSeconds?: number;
	/** Pods accept connections and never answer, this long after the slot's first pod of this image was ready. */
	readonly hangAfterSeconds?: number;
	/** Whether pods that hang still answer health checks, as with a listener of their own; they do not unless said. */
	readonly answersChecksWhileHanging?: boolean;
	readonly customMetrics: readonly BusinessMetric[];
	/** What the image does otherwise where its pods read this as they start; as said here where absent. */
	readonly configured?: (configuration: Configuration) => Partial<VersionBehaviour>;
	/** Trouble on top, by seconds since the slot's first pod of this image was ready: cold caches, slow leaks. */
	readonly extra?: (secondsSinceFirstStart: number) => ExtraTrouble;
}

/** Answers 0.1 % of requests with an error and 1 % slowly, starts in 12 s. */
export const healthyVersion: VersionBehaviour = {
	errorRatio: 0.001,
	slowRatio: 0.01,
	startSeconds: 12,
	neverReady: false,
	customMetrics: [],
};

/** What each image does once it runs. */
export interface Versions {
	/** Says how an image behaves, from now on; what is not said is as in `healthyVersion`. */
	define(imageDigest: string, behaviour: Partial<VersionBehaviour>): void;
	/** A healthy version where nothing was said; with the configuration that its pods read, none unless said. */
	behaviourOf(imageDigest: string, configuration?: Configuration): VersionBehaviour;
	/** Whether an image was ever said to do worse than a healthy one, at any time of its life; a slow start is no harm. */
	hasHarmed(imageDigest: string): boolean;
}

const differs = (behaviour: Partial<VersionBehaviour>): boolean =>
	Object.entries({ ...healthyVersion, ...behaviour, startSeconds: healthyVersion.startSeconds }).some(
		([key, value]) => !isDeepStrictEqual(value, healthyVersion[key as keyof VersionBehaviour]),
	);

/** No version is known yet: all are healthy. */
export const makeVersions = (): Versions => {
	const known = new Map<string, VersionBehaviour>();
	const harmful = new Set<string>();
	return {
		define: (imageDigest, behaviour) => {
			known.set(imageDigest, { ...healthyVersion, ...behaviour });
			if (differs(behaviour)) harmful.add(imageDigest);
		},
		behaviourOf: (imageDigest, configuration = {}) => {
			const behaviour = known.get(imageDigest) ?? healthyVersion;
			return behaviour.configured === undefined ? behaviour : { ...behaviour, ...behaviour.configured(configuration) };
		},
		hasHarmed: (imageDigest) => harmful.has(imageDigest),
	};
};
