import { decideSelector, type SelectorCare } from "../../lib/domain/in-cluster-callers.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { InvalidWorkloadError, type Workloads } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import { type CurrentRollout, readRollout } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly telemetry: Telemetry;
}

/** What became of the in-cluster Service: part of an answer, of which a hand that is not ours is the kind. */
export type KeptSelector =
	| { readonly selector: SelectorCare }
	| { readonly selector: SelectorCare; readonly kind: "external-writer"; readonly explanation: string };

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

/** Reads which slot the in-cluster Service selects and puts it right once (D3a). */
export const keepSelector = async (
	ports: Ports,
	invocation: Invocation,
	rolloutId: string,
	{ definition, epoch }: CurrentRollout,
	care: SelectorCare,
): Promise<KeptSelector> => {
	const { workload } = definition;
	const { inClusterService } = workload;
	if (inClusterService === null) return { selector: care };
	const selected = await ports.workloads.readInClusterService(workload);
	// Promotion and rollback move the Service after the record: what was read before it says nothing of it.
	const { state } = await readRollout(ports, rolloutId);
	const decision = decideSelector(state, inClusterService, selected, care);
	switch (decision.kind) {
		case "leave":
			return { selector: care };
		case "external-writer":
			return { selector: care, kind: decision.kind, explanation: decision.explanation };
		case "mend": {
			invocation.ensureTimeLeft(writeMs);
			ports.telemetry.warn("in-cluster Service put right", { rolloutId, selected, slot: decision.slot });
			try {
				await ports.workloads.directInClusterService(workload, decision.slot, epoch);
				return { selector: "mended" };
			} catch (error) {
				if (!(error instanceof InvalidWorkloadError)) throw error;
				return { selector: care, kind: "external-writer", explanation: error.message };
			}
		}
	}
};
