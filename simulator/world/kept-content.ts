import { createHash } from "node:crypto";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { PodContent } from "./pod-content.ts";

type Data = Readonly<Record<string, string>>;

/** What a capture makes of a template and of the ConfigMaps it refers to. */
export interface KeptContent {
	readonly contentHash: string;
	/** Name and data of the object that keeps the template. */
	readonly templateName: string;
	readonly templateData: Data;
	/** Copies by the name of what they were copied from; those of missing ones are never made. */
	readonly copies: ReadonlyMap<string, { readonly name: string; readonly data: Data | null }>;
}

const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const ordered = (data: Data | null): unknown => data && Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));

/** Name under which a Deployment's template with this hash is kept. */
export const templateName = (target: WorkloadTarget, contentHash: string): string =>
	`${target.deployment}-content-${contentHash}`;

/** Copies are named by what they hold, and a template refers to copies, so that its hash stands for all of it. */
export const keptContentOf = (
	target: WorkloadTarget,
	{ template, configMaps }: PodContent,
	dataOf: (name: string) => Data | null,
): KeptContent => {
	const copies = new Map(
		configMaps.map(({ name }) => {
			const data = dataOf(name);
			return [name, { name: `${name}-${hashOf([target.deployment, name, ordered(data)]).slice(0, 16)}`, data }];
		}),
	);
	const references = configMaps.map(({ name, isOptional }) => ({ name: copies.get(name)?.name ?? name, isOptional }));
	const contentHash = hashOf([template, references.map(({ name, isOptional }) => [name, isOptional])]);
	return {
		contentHash,
		templateName: templateName(target, contentHash),
		templateData: { template, references: JSON.stringify(references) },
		copies,
	};
};

/** What a slot's pods are made of, from the data of a kept template. */
export const podContentIn = (contentHash: string, { template = "", references = "[]" }: Data): PodContent => ({
	contentHash,
	template,
	configMaps: JSON.parse(references) as PodContent["configMaps"],
});
