import type { ConfigMapReference, Container, PodTemplate, Volume } from "./kubernetes-objects.ts";

/** What a pod template says of a ConfigMap it refers to: whether its pods start without it. */
export type ConfigurationReferences = ReadonlyMap<string, { readonly isOptional: boolean }>;

type Visit = (reference: ConfigMapReference) => ConfigMapReference;

/** A reference that names nothing is none. */
const visited = <Key extends string, T extends { readonly [K in Key]?: ConfigMapReference }>(
	holder: T,
	key: Key,
	visit: Visit,
): T => {
	const reference = holder[key];
	return reference?.name === undefined || reference.name === "" ? holder : { ...holder, [key]: visit(reference) };
};

const visitContainer = (container: Container, visit: Visit): Container => ({
	...container,
	...(container.env && {
		env: container.env.map((variable) =>
			variable.valueFrom === undefined
				? variable
				: { ...variable, valueFrom: visited(variable.valueFrom, "configMapKeyRef", visit) },
		),
	}),
	...(container.envFrom && { envFrom: container.envFrom.map((source) => visited(source, "configMapRef", visit)) }),
});

const visitVolume = (volume: Volume, visit: Visit): Volume => {
	const own = visited(volume, "configMap", visit);
	if (own.projected?.sources === undefined) return own;
	const sources = own.projected.sources.map((source) => visited(source, "configMap", visit));
	return { ...own, projected: { ...own.projected, sources } };
};

/** Every place in a pod template that can name a ConfigMap; all else stays as it is, known to Sluice or not. */
const visitTemplate = (template: PodTemplate, visit: Visit): PodTemplate => {
	const { containers, initContainers, volumes } = template.spec;
	return {
		...template,
		spec: {
			...template.spec,
			containers: containers.map((container) => visitContainer(container, visit)),
			...(initContainers && { initContainers: initContainers.map((container) => visitContainer(container, visit)) }),
			...(volumes && { volumes: volumes.map((volume) => visitVolume(volume, visit)) }),
		},
	};
};

/** The ConfigMaps that a pod template refers to; optional where every reference to it is. */
export const configMapsOf = (template: PodTemplate): ConfigurationReferences => {
	const found = new Map<string, { isOptional: boolean }>();
	visitTemplate(template, (reference) => {
		const { name = "", optional = false } = reference;
		found.set(name, { isOptional: optional && (found.get(name)?.isOptional ?? true) });
		return reference;
	});
	return found;
};

/** The template with other names for ConfigMaps, wherever it refers to them; a name that is not given stays. */
export const withConfigMaps = (template: PodTemplate, names: ReadonlyMap<string, string>): PodTemplate =>
	visitTemplate(template, (reference) => ({
		...reference,
		name: names.get(reference.name ?? "") ?? reference.name ?? "",
	}));
