/** A reference of a pod template to a ConfigMap, whose keys its pods get as variables. */
export interface ConfigurationReference {
	readonly name: string;
	/** Pods start without it. */
	readonly isOptional: boolean;
}

/** What a pod template says besides its image. */
export interface PodContent {
	/** Annotation sluice.dev/content of a slot's Deployment; null elsewhere. */
	readonly contentHash: string | null;
	/** All that is not about configuration, whatever it says: pods are replaced when it changes. */
	readonly template: string;
	readonly configMaps: readonly ConfigurationReference[];
}

/** A template that says nothing and refers to nothing. */
export const plainContent: PodContent = { contentHash: null, template: "", configMaps: [] };

/** What the pods of a version read as they start: variables by name. */
export type Configuration = Readonly<Record<string, string>>;

/** What pods can be told apart by: the template they were made of. The annotation is not part of that. */
export const templateKey = (imageDigest: string, { template, configMaps }: PodContent): string =>
	JSON.stringify([imageDigest, template, configMaps.map(({ name, isOptional }) => [name, isOptional])]);
