import { clusterPatience, criticalPath, type Patience } from "../../lib/ports/patience.ts";

/** How long whoever makes this call waits for it: clients of clusters, and of routes in them, have a patience of their own. */
export const patienceFor = (operation: string, ofFunction: Patience): Patience => {
	if (!operation.startsWith("kubernetes:")) return ofFunction;
	return /:(httproutes|endpointslices)$/.test(operation) ? criticalPath : clusterPatience;
};
