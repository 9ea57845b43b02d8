import { causeOfRed, redSinceExposure } from "../../lib/domain/exposure.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { CurrentRollout } from "../rollout-payload.ts";

interface Ports {
	readonly alarms: Alarms;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/**
 * Why alarms want traffic back, asked once in each round for events that are late; null where none does.
 * Their events start rollbacks by themselves, so not being able to ask holds up nothing.
 */
export const findRed = async (ports: Ports, { state, definition }: CurrentRollout): Promise<string | null> => {
	try {
		const red = redSinceExposure(state, await ports.alarms.readRed(definition.alarmNames));
		return red.length === 0 ? null : causeOfRed(red, ports.clock.nowEpochMs()).explanation;
	} catch (error) {
		ports.telemetry.warn("alarms not asked", { service: state.service, error: String(error) });
		return null;
	}
};
