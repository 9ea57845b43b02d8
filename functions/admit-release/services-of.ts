import type { Occasion } from "./admission-event.ts";
import type { Ports } from "./ports.ts";

/** The services that an event concerns. */
export const servicesOf = async (
	{ catalog, clock }: Pick<Ports, "catalog" | "clock">,
	occasion: Occasion,
): Promise<readonly string[]> => {
	switch (occasion.kind) {
		case "push":
			return catalog.findByRepository(occasion.repositoryName);
		case "pusher":
			return catalog.findByRepository(occasion.pusher.repositoryName);
		case "ended":
			return [occasion.service];
		case "command":
			return [occasion.command.service];
		case "sweep":
			return beginningAnywhere(await catalog.list(), clock.nowEpochMs());
	}
};

/** The milliseconds of now are as good as chance: sweeps that are cut short do not leave the same services over each time. */
const beginningAnywhere = (services: readonly string[], nowEpochMs: number): readonly string[] => {
	const first = nowEpochMs % services.length;
	return [...services.slice(first), ...services.slice(0, first)];
};
