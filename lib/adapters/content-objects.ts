import { createHash } from "node:crypto";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { InvalidWorkloadError } from "../ports/workloads.ts";
import { canonicalJson } from "./canonical-json.ts";
import { withConfigMaps } from "./configuration-references.ts";
import type { ConfigMap, Deployment, KubernetesObject, ObjectMetadata } from "./kubernetes-objects.ts";
import { type SlotContent, slotContent } from "./slot-manifests.ts";

/** Label of all that is kept for a Deployment's releases, with the Deployment's name. */
export const deploymentLabel = "sluice.dev/deployment";

/** What is kept: what a slot gets, or a copy of a ConfigMap. */
export type ContentKind = "template" | "configuration";

/** Label that tells what is kept: `template` for what a slot gets, `configuration` for a copy of a ConfigMap. */
export const kindLabel = "sluice.dev/content-kind";

/** Annotation of a template: the hash that releases carry. */
const hashAnnotation = "sluice.dev/content-hash";

/** Annotation of a template: names of the copies that it refers to, separated by commas. */
const copiesAnnotation = "sluice.dev/config-maps";

/** Annotation: when somebody captured this last, in milliseconds since 1970. */
export const capturedAnnotation = "sluice.dev/captured-at";

/** Key under which a kept template has its text. */
const textKey = "template.json";

/** A ConfigMap holds 1 MiB (1,048,576 bytes) of keys and values. */
const maxTextBytes = 1_048_576 - textKey.length;

/** An object's name is a DNS subdomain of 253 characters at most. */
const maxNameLength = 253;

/** Hexadecimal digits of a copy's hash in its name: 64 bits, for the few contents that one ConfigMap has in its life. */
const nameDigits = 16;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Name of the copy that a ConfigMap with this content gets: `<name>-<hash>`, the name cut where it gets too long.
 * The Deployment is part of the hash, so that two services never share a copy, nor give up each other's.
 * Null is a ConfigMap that does not exist: its copy has a name that nobody ever gives.
 */
export const copyName = (
	target: Pick<WorkloadTarget, "deployment">,
	name: string,
	content: Pick<ConfigMap, "data" | "binaryData"> | null,
): string => {
	const { data = {}, binaryData = {} } = content ?? {};
	const told = content === null ? null : { data, binaryData };
	const hash = sha256(canonicalJson([target.deployment, name, told])).slice(0, nameDigits);
	// A dot or a hyphen may not stand before the hyphen that follows it where a name is cut.
	const kept = name.slice(0, maxNameLength - nameDigits - 1).replace(/[.-]+$/, "");
	return `${kept}-${hash}`;
};

/** What a slot would get, as text and with the hash that identifies it. */
export interface ContentSnapshot {
	readonly text: string;
	readonly contentHash: string;
	/** Names of the copies that the text refers to and that exist. */
	readonly copies: readonly string[];
}

/**
 * The text that a release's slot is made of: canonical, so that it is the same for whoever reads the same, and without
 * what a slot gets elsewhere: the image, its number of pods, epoch and slot.
 * @throws InvalidWorkloadError when it is too long to be kept.
 */
export const snapshotOf = (
	users: Deployment,
	target: WorkloadTarget,
	configMaps: ReadonlyMap<string, Pick<ConfigMap, "data" | "binaryData"> | null>,
): ContentSnapshot => {
	const names = new Map([...configMaps].map(([name, found]) => [name, copyName(target, name, found)]));
	const content = slotContent(users, target);
	const template = withConfigMaps(content.spec.template, names);
	const text = canonicalJson({ v: 1, content: { ...content, spec: { ...content.spec, template } } });
	const bytes = Buffer.byteLength(text);
	if (bytes > maxTextBytes)
		throw new InvalidWorkloadError(
			`The pod template of Deployment "${target.namespace}/${target.deployment}" has ${bytes} bytes; allowed are ${maxTextBytes}.`,
		);
	const existing = [...configMaps].filter(([, found]) => found !== null).map(([name]) => names.get(name) ?? name);
	return { text, contentHash: sha256(text), copies: existing.sort() };
};

const metadataOf = (
	target: WorkloadTarget,
	kind: ContentKind,
	name: string,
	annotations: Readonly<Record<string, string>>,
): ObjectMetadata => ({
	name,
	namespace: target.namespace,
	// None of the user's labels: what tracks, prunes or adopts by them would find the copies as well (D2).
	labels: {
		"app.kubernetes.io/managed-by": "sluice",
		[deploymentLabel]: target.deployment,
		[kindLabel]: kind,
	},
	annotations,
});

/** Name under which a Deployment's template with this hash is kept. */
export const templateName = (target: Pick<WorkloadTarget, "deployment">, contentHash: string): string =>
	`${target.deployment}-content-${contentHash}`;

/** The object that keeps a template. A ConfigMap like its copies: immutable where the API server is asked for it. */
export const templateObject = (
	target: WorkloadTarget,
	{ text, contentHash, copies }: ContentSnapshot,
	nowEpochMs: number,
): ConfigMap => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: metadataOf(target, "template", templateName(target, contentHash), {
		[hashAnnotation]: contentHash,
		[copiesAnnotation]: copies.join(","),
		[capturedAnnotation]: String(nowEpochMs),
	}),
	data: { [textKey]: text },
	immutable: true,
});

/** The object that keeps a ConfigMap's content. */
export const copyObject = (
	target: WorkloadTarget,
	name: string,
	content: Pick<ConfigMap, "data" | "binaryData">,
	nowEpochMs: number,
): ConfigMap => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: metadataOf(target, "configuration", copyName(target, name, content), {
		[capturedAnnotation]: String(nowEpochMs),
	}),
	...(content.data !== undefined && { data: content.data }),
	...(content.binaryData !== undefined && { binaryData: content.binaryData }),
	immutable: true,
});

/** What metadata says of a kept object; null where it is none of this Deployment's. */
export interface KeptObject {
	readonly name: string;
	readonly resourceVersion: string;
	readonly capturedAtEpochMs: number;
	/** Of a template: its hash, and the copies that it refers to, null where somebody took that away. */
	readonly template: { readonly contentHash: string; readonly copies: readonly string[] | null } | null;
}

export const keptObjectOf = (target: WorkloadTarget, { metadata }: KubernetesObject): KeptObject | null => {
	const { name, labels = {}, annotations = {}, resourceVersion = "", creationTimestamp = "" } = metadata;
	if (labels[deploymentLabel] !== target.deployment || labels[kindLabel] === undefined) return null;
	const copies = annotations[copiesAnnotation];
	const isTemplate = labels[kindLabel] === "template";
	// Whoever takes the annotation away does not make an object older than it is.
	const captured = Number(annotations[capturedAnnotation] ?? Number.NaN);
	const created = Date.parse(creationTimestamp);
	return {
		name,
		resourceVersion,
		capturedAtEpochMs: Math.max(Number.isFinite(captured) ? captured : 0, Number.isFinite(created) ? created : 0),
		template: isTemplate
			? {
					contentHash: name.slice(templateName(target, "").length),
					copies: copies === undefined ? null : copies.split(",").filter((copy) => copy !== ""),
				}
			: null,
	};
};

/**
 * What a slot gets, from a kept template.
 * @throws InvalidWorkloadError when there is none, or it does not have the hash it is kept under.
 */
export const contentIn = (target: WorkloadTarget, contentHash: string, kept: ConfigMap | null): SlotContent => {
	const text = kept?.data?.[textKey];
	const name = templateName(target, contentHash);
	if (text === undefined)
		throw new InvalidWorkloadError(
			`Content ${contentHash} of Deployment "${target.namespace}/${target.deployment}" is not kept: ConfigMap "${name}" is missing; allowed are releases whose content was captured and is still in use.`,
		);
	if (sha256(text) !== contentHash)
		throw new InvalidWorkloadError(
			`ConfigMap "${name}" has been changed: its content does not have the hash it names.`,
		);
	// The hash says that it was written here, and `snapshotOf` writes nothing else.
	return (JSON.parse(text) as { readonly content: SlotContent }).content;
};
