import { InvalidWorkloadError } from "../ports/workloads.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";
import type { ObjectList } from "./kubernetes-objects.ts";

const maxPages = 20;
const pageSize = 100;

/**
 * All objects of a collection; null where the cluster does not know the kind.
 * @throws InvalidWorkloadError where there are more than 2,000.
 */
export const listAll = async <T>(
	api: KubernetesApi,
	path: string,
	labelSelector = "",
): Promise<readonly T[] | null> => {
	const items: T[] = [];
	const selected = labelSelector === "" ? "" : `&labelSelector=${encodeURIComponent(labelSelector)}`;
	let after = "";
	for (let page = 0; page < maxPages; page++) {
		const query = `limit=${pageSize}${selected}&continue=${encodeURIComponent(after)}`;
		const list = await api.get<ObjectList<T>>(`${path}?${query}`);
		if (list === null) return null;
		items.push(...list.items);
		after = list.metadata?.continue ?? "";
		if (after === "") return items;
	}
	throw new InvalidWorkloadError(`${path} has more than ${maxPages * pageSize} objects; allowed are as many.`);
};
