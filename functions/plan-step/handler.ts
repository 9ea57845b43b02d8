import * as z from "zod/mini";
import { planStep } from "../../lib/domain/step-plan.ts";
import { promotionWish } from "../../lib/domain/wish.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly telemetry: Telemetry;
}

const Input = z.object({ ...rolloutPayload, stepIndex: z.int().check(z.minimum(0), z.maximum(20)) });

/** Says what the next step is: a weight, an approval before a weight, or nothing left but to promote. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event) => {
		const { rolloutId, stepIndex } = parseEvent(Input, event);
		const { state, definition } = await readRollout(ports, rolloutId);
		// A rollout that is taken up again while closing has no steps left to make.
		if (state.phase === "closing") return { v: 1, kind: "close" } as const;
		return { v: 1, ...planStep(definition, stepIndex, promotionWish(state) !== undefined) } as const;
	});
