import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { type Attempt, type Beginning, beginByName, follow, type Over, type Ports } from "./begin.ts";
import type { RollbackRequest } from "./rollback-request.ts";

type PersonsRequest = Extract<RollbackRequest, { kind: "person" }>;

/** Events carry whole seconds. */
const secondMs = 1_000;

/**
 * Begins because a person aborts. Who may is IAM's to say; whoever comes too late, or means something that is not under
 * way, hears so from apply-command, which is given the same event: here that is no reason to wake anybody.
 */
export const beginByPerson = async (ports: Ports, request: PersonsRequest, attempt: Attempt): Promise<Beginning> => {
	const { service, cause } = request;
	const found = await stateOf(ports, request);
	if (found === "unknown") return over(service, `service ${service} is not enrolled`);
	const rolloutId = request.rolloutId ?? (found === null ? null : startedBefore(found, cause.triggeredAtEpochMs));
	if (rolloutId === null) return over(service, "nothing was under way when it was said");
	const isOfService = parseRolloutId(rolloutId).service === service;
	if (!isOfService || (found !== null && found.rolloutId !== rolloutId))
		return tooLate(ports, over(service, `rollout ${rolloutId} is not under way`), request, attempt);
	// People may say a moment that is to come.
	const triggeredAtEpochMs = Math.min(cause.triggeredAtEpochMs, ports.clock.nowEpochMs());
	const named = { kind: "rollout", rolloutId, cause: { ...cause, triggeredAtEpochMs }, takesOverFrom: null } as const;
	return beginByName(ports, named, attempt);
};

/** Nothing is left to do, unless an earlier attempt has sent traffic back. */
const tooLate = (ports: Ports, ended: Over, { cause }: PersonsRequest, attempt: Attempt): Promise<Beginning> | Over =>
	attempt.isBlind ? follow(ports, ended, cause, attempt) : ended;

const over = (service: string, reason: string): Over => ({ kind: "over", service, reason });

/** Null where the record is out of reach and the rollout is named: then traffic may go back without it. */
const stateOf = async (
	{ store }: Pick<Ports, "store">,
	{ service, rolloutId }: PersonsRequest,
): Promise<ServiceState | "unknown" | null> => {
	try {
		return await store.read(service);
	} catch (error) {
		if (error instanceof InvalidServiceError) return "unknown";
		if (rolloutId === null) throw error;
		return null;
	}
};

/** The rollout that the person can have meant; one that began since is another. */
const startedBefore = ({ rolloutId, startedAtEpochMs = 0 }: ServiceState, saidAtEpochMs: number): string | null =>
	rolloutId !== undefined && startedAtEpochMs < saidAtEpochMs + secondMs ? rolloutId : null;
