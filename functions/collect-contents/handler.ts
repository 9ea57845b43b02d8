import * as z from "zod/mini";
import { contentsToKeep, keptRollouts } from "../../lib/domain/kept-contents.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ReleaseContents } from "../../lib/ports/release-contents.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly history: RolloutHistory;
	readonly contents: ReleaseContents;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/**
 * Gives up contents that nobody can need any more, once a rollout has ended. The next one may be under way by then: it
 * is on record, and what it is about to need was captured within the hour. A late removal does no harm either, because
 * it names the version of the object that it read.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event) => {
		const { rolloutId } = parseEvent(Input, event);
		const { service } = parseRolloutId(rolloutId);
		// The rollout that has ended pinned its definition no longer; where the service's pods live, the newest says.
		const { definition } = await ports.catalog.read(service);
		const earlier = await ports.history.list(service, keptRollouts);
		const state = await ports.store.read(service);
		const givenUp = await ports.contents.collect(definition.workload, contentsToKeep(state, earlier));
		return { v: 1, kind: "collected", givenUp } as const;
	});
