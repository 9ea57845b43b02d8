import { objectKey } from "../../world/cluster.ts";
import type { Configuration } from "../../world/pod-content.ts";
import type { Ending } from "../scenario.ts";

/** Name of the ConfigMap that every enrolled service has; a story may edit it. */
export const settings = "checkout-settings";

/** What each group of pods that serves at the end has read; none where nothing is ready. */
const readAtTheEnd = ({ system, definition }: Ending): readonly Configuration[] => {
	const { workload, service } = definition;
	const slot = system.world.table.get(service)?.stableSlot ?? "blue";
	const serving = system.world.cluster.deployment(objectKey(workload, `${workload.deployment}-${slot}`));
	return serving?.ready.map(({ configuration }) => configuration) ?? [];
};

/** A sentence where not every pod that serves reads this value of a variable. */
export const notRead = (ending: Ending, variable: string, allowed: string | undefined): readonly string[] => {
	const read = readAtTheEnd(ending).map((configuration) => configuration[variable]);
	return read.length > 0 && read.every((value) => value === allowed)
		? []
		: [`Pods read ${variable}=${read.join(", ") || "nothing"}; allowed is ${allowed}.`];
};

/** Values of a variable in all copies of the settings that are kept at the end. */
export const keptAtTheEnd = ({ system, definition }: Ending, variable: string): readonly string[] =>
	system.world.cluster.configMaps
		.list(objectKey(definition.workload, `${settings}-`))
		.map(({ data }) => String(data[variable]));
