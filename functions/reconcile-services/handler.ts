import { pipeline } from "../pipeline.ts";
import type { Environment } from "./environment.ts";
import { type Ports, reconcileOne } from "./reconcile-one.ts";
import { reconcileSeats } from "./reconcile-seats.ts";

/** Once a minute: every service that is not idle must have an execution that drives it, else it gets one (D4a). */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(ports.telemetry, async (_event, invocation) => {
		const busy = await ports.store.listBusy();
		const actions: string[] = [];
		for (const state of busy) {
			try {
				actions.push(`${state.service}: ${await reconcileOne(ports, environment, state, invocation)}`);
			} catch (error) {
				// One service's trouble must not keep the others waiting; the next minute tries again.
				ports.telemetry.error("not reconciled", { service: state.service, error: String(error) });
				ports.telemetry.count("NotReconciled");
			}
		}
		try {
			actions.push(...(await reconcileSeats(ports, busy)));
		} catch (error) {
			ports.telemetry.error("seats not reconciled", { error: String(error) });
			ports.telemetry.count("NotReconciled");
		}
		return { v: 1, kind: "reconciled", actions } as const;
	});
