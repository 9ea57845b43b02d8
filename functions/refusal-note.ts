import { noteRefusal } from "../lib/domain/command-effect.ts";
import type { RefusedCommand } from "../lib/domain/service-state.ts";
import type { ServiceStore } from "../lib/ports/service-store.ts";
import type { Telemetry } from "../lib/ports/telemetry.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly telemetry: Telemetry;
}

/** For whoever waits at the command line and hears no events. The event counts; a note that fails holds nothing up. */
export const leaveNote = async (
	{ store, telemetry }: Ports,
	service: string,
	refused: RefusedCommand,
): Promise<void> => {
	try {
		await store.write(service, noteRefusal(refused));
	} catch (error) {
		telemetry.warn("refusal not noted", { service, error: String(error) });
	}
};
