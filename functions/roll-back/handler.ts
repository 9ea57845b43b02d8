import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import { type Attempt, type Beginning, beginByAlarm, beginByName, type Ports, type UnderWay } from "./begin.ts";
import { beginByPerson } from "./begin-by-person.ts";
import { confirmZero, type Zero } from "./confirm-zero.ts";
import { RollbackInput, type RollbackRequest } from "./rollback-request.ts";

/**
 * Sends all traffic back to the stable slot: takes the right to write, deletes the trial rule, reads zero back (D4).
 * The first task of the rollback machine and the fewest working parts that can do it; safe to repeat at any time.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const { request, executionArn, isBlind } = parseEvent(RollbackInput, event);
			const attempt = { executionArn, isBlind, invocation };
			const beginning = await begin(ports, request, attempt);
			if (beginning.kind !== "under-way") {
				ports.telemetry.info("nothing rolled back", { ...beginning });
				return { v: 1, ...beginning } as const;
			}
			const zero = await confirmZero(ports, beginning, invocation);
			return answer(beginning, zero);
		}),
	);

const begin = (ports: Ports, request: RollbackRequest, attempt: Attempt): Promise<Beginning> => {
	switch (request.kind) {
		case "alarm":
			return beginByAlarm(ports, request.turn, attempt);
		case "person":
			return beginByPerson(ports, request, attempt);
		case "rollout":
			return beginByName(ports, request, attempt);
	}
};

const answer = ({ state, isOwner }: UnderWay, zero: Zero) => {
	const { service, rollback, exposedAtEpochMs } = state;
	return {
		v: 1,
		kind: isOwner ? "confirmed" : "joined",
		service,
		rolloutId: state.rolloutId ?? "",
		zeroConfirmedAtEpochMs: rollback?.zeroConfirmedAtEpochMs ?? zero.atEpochMs,
		wasExposed: exposedAtEpochMs !== undefined || zero.wasShown,
		drainSeconds: zero.drainSeconds,
	} as const;
};
