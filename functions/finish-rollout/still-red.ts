import { announce } from "../../lib/domain/announcement.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { someNames } from "../../lib/domain/some-names.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly alarms: Alarms;
}

/** An alarm that outlives the rollback by the whole drain was not about the canary: say so, change nothing (D9). */
export const stillRed = async (ports: Ports, state: ServiceState, atEpochMs: number) => {
	if (state.definitionHash === undefined) return [];
	const { alarmNames } = await ports.catalog.readPinned(state.service, state.definitionHash);
	const red = await ports.alarms.readRed(alarmNames);
	if (red.length === 0) return [];
	const reason = `Still red after the rollback: ${someNames(red.map((alarm) => alarm.name))}. The new release was probably not the cause.`;
	return [
		announce(
			"service.needs-attention.v1",
			{ service: state.service, rolloutId: state.rolloutId, atEpochMs, reason },
			"still-red",
		),
	];
};
