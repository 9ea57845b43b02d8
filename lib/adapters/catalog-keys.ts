/**
 * Where the catalog's bucket keeps what. Names that may hold a slash are escaped, so that none reaches into another's place.
 */
export const catalogKeys = {
	/** What the key of every service's present definition begins with, and nothing else's. */
	pointers: "services/",
	/** The present definition of a service, with its hash and the look-ups that lead to it. */
	pointer: (service: string): string => `services/${encodeURIComponent(service)}.json`,
	/** A definition under the hash of its content. */
	definition: (service: string, hash: string): string =>
		`definitions/${encodeURIComponent(service)}/${encodeURIComponent(hash)}.json`,
	/** The definition that an alarm guards, as a whole: a rollback has no time for a second read. */
	alarm: (alarmName: string): string => `by-alarm/${encodeURIComponent(alarmName)}.json`,
	/** An empty object that says: this service rolls out images of this repository. */
	repository: (repositoryName: string, service: string): string =>
		`by-repository/${encodeURIComponent(repositoryName)}/${encodeURIComponent(service)}`,
} as const;
