import { gatewayTrialName, parseGatewayTrial } from "../../lib/domain/gateway-trial.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { GatewayRoute } from "../../lib/domain/service-definition.ts";
import { type SlotName, type SlotWeights, slotNames, weightsFor } from "../../lib/domain/slot.ts";
import {
	InvalidTrafficAccessError,
	type RouterReading,
	TrafficConflictError,
	type TrafficRouter,
	TrafficUnavailableError,
	TrialGoneConflictError,
} from "../../lib/ports/traffic-router.ts";
import { WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import { backendsOf, routeKey } from "../world/gateway-routing.ts";
import type { HttpRouteObject, RouteContent } from "../world/http-routes.ts";
import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { InvalidClusterAccessError, type KubernetesCall, kubernetesCalls } from "./kubernetes-calls.ts";
import { maxAttempts } from "./slot-writes.ts";

type Decision = Partial<RouteContent> | null;

/** The share that the rule gives each slot, percent; null where it forwards elsewhere, or nowhere. */
const sharesOf = (object: HttpRouteObject | null, { slotServices }: GatewayRoute): SlotWeights | null => {
	const backends = object?.backends ?? {};
	const isForeign = Object.keys(backends).some((name) => name !== slotServices.blue && name !== slotServices.green);
	const toBlue = backends[slotServices.blue] ?? 0;
	const total = toBlue + (backends[slotServices.green] ?? 0);
	if (isForeign || total === 0) return null;
	const blue = (100 * toBlue) / total;
	return { blue, green: 100 - blue };
};

const reachesSlot = ({ backends }: HttpRouteObject, { slotServices }: GatewayRoute): boolean =>
	slotNames.some((slot) => (backends[slotServices[slot]] ?? 0) > 0);

const inWordsOfThePort = (error: unknown): unknown => {
	if (error instanceof WorkloadsUnavailableError) return new TrafficUnavailableError(error.message, { cause: error });
	if (error instanceof InvalidClusterAccessError || error instanceof Refusal)
		return new InvalidTrafficAccessError(error.message, { cause: error });
	return error;
};

/** Reads, decides and patches, as the real adapter does: again where a test failed, three times at most. */
const changeRoute = async (
	world: Pick<World, "httpRoutes">,
	call: KubernetesCall,
	route: GatewayRoute,
	decide: (live: HttpRouteObject | null) => Decision,
): Promise<void> => {
	const key = routeKey(route);
	let cause: unknown;
	for (let attempt = 1; attempt <= maxAttempts; attempt++) {
		try {
			const live = await call(route.clusterName, "get", "httproutes", () => world.httpRoutes.get(key));
			const change = decide(live);
			if (live === null || change === null) return;
			const fence = live.epoch === null ? { resourceVersion: live.resourceVersion } : { epoch: live.epoch };
			const test = change.backends === undefined ? fence : { ...fence, backends: live.backends };
			return await call(route.clusterName, "patch", "httproutes", () => world.httpRoutes.patch(key, test, change));
		} catch (error) {
			if (!(error instanceof Refusal) || error.code === "AccessDenied") throw inWordsOfThePort(error);
			cause = error;
		}
	}
	throw new TrafficUnavailableError(`HTTPRoute "${key}" is written by others at this moment.`, { cause });
};

const assertSlots = (live: HttpRouteObject | null, route: GatewayRoute): SlotWeights => {
	const shares = sharesOf(live, route);
	if (shares !== null) return shares;
	throw new TrafficConflictError(
		`HTTPRoute "${routeKey(route)}" ${live === null ? "is missing" : "has no such rule"}: allowed is exactly one rule for the two slots.`,
	);
};

const readingOf = (live: HttpRouteObject | null, route: GatewayRoute, environment: string): RouterReading => {
	const shares = sharesOf(live, route);
	const more = {
		...(live !== null && live.observedGeneration < live.generation && { isPending: true as const }),
		...(live !== null && !reachesSlot(live, route) && { reachesNoSlot: true as const }),
	};
	if (live === null || live.rolloutId === null) return { base: shares, trial: null, ...more };
	const base = live.baseSlot === null ? shares : weightsFor(live.baseSlot, 0);
	const trial = {
		ruleArn: gatewayTrialName({ route, epoch: live.epoch ?? 0 }),
		rolloutId: live.environment === environment ? live.rolloutId : null,
		weights: shares ?? { blue: 0, green: 0 },
	};
	return { base: shares && base, trial, ...more };
};

/** Traffic through the world's HTTPRoutes, with the calls that the real adapter makes, in its order. */
export const fakeGatewayRouter = (
	world: Pick<World, "httpRoutes" | "arns">,
	caller: Caller,
	environment: string,
): TrafficRouter<GatewayRoute> => {
	const call = kubernetesCalls(world, caller);
	const change = (route: GatewayRoute, decide: (live: HttpRouteObject | null) => Decision): Promise<void> =>
		changeRoute(world, call, route, decide);
	const isOurs = (live: HttpRouteObject): boolean => live.rolloutId !== null && live.environment === environment;

	const opening = (
		live: HttpRouteObject | null,
		route: GatewayRoute,
		rolloutId: string,
		stableSlot: SlotName,
	): { readonly epoch: number; readonly change: Decision } => {
		const shares = assertSlots(live, route);
		if (live !== null && live.rolloutId !== null) {
			if (isOurs(live) && live.rolloutId === rolloutId) return { epoch: live.epoch ?? 0, change: null };
			throw new TrafficConflictError(`HTTPRoute "${routeKey(route)}" belongs to somebody else than ${rolloutId}.`);
		}
		const epoch = Math.max((live?.epoch ?? 0) + 1, parseRolloutId(rolloutId).epoch);
		const baseSlot = live?.baseSlot ?? slotNames.find((slot) => shares[slot] === 100) ?? stableSlot;
		const backends = backendsOf(route, weightsFor(stableSlot, 0));
		return { epoch, change: { backends, epoch, rolloutId, environment, baseSlot } };
	};

	const ending = (live: HttpRouteObject, route: GatewayRoute): Decision => ({
		...(sharesOf(live, route) === null || live.baseSlot === null
			? {}
			: { backends: backendsOf(route, weightsFor(live.baseSlot, 0)) }),
		epoch: (live.epoch ?? 0) + 1,
		rolloutId: null,
		environment: null,
	});

	return {
		open: async (route, rolloutId, stableSlot) => {
			let opened = 0;
			await change(route, (live) => {
				const decided = opening(live, route, rolloutId, stableSlot);
				opened = decided.epoch;
				return decided.change;
			});
			return { trialRuleArn: gatewayTrialName({ route, epoch: opened }) };
		},
		shift: (route, trialRuleArn, weights) =>
			change(route, (live) => {
				const shares = sharesOf(live, route);
				const isOver =
					live === null || live.rolloutId === null || live.epoch !== parseGatewayTrial(trialRuleArn)?.epoch;
				if (isOver || shares === null)
					throw new TrialGoneConflictError(`Trial ${trialRuleArn} is over: a rollback or a closing came first.`);
				return shares.blue === weights.blue ? null : { backends: backendsOf(route, weights) };
			}),
		read: async (route) => {
			const live = await call(route.clusterName, "get", "httproutes", () =>
				world.httpRoutes.get(routeKey(route)),
			).catch((error: unknown) => Promise.reject(inWordsOfThePort(error)));
			return readingOf(live, route, environment);
		},
		abandon: async (trial) => {
			const named = typeof trial === "string" ? parseGatewayTrial(trial) : null;
			const route = typeof trial === "string" ? named?.route : trial;
			if (route === undefined) return;
			await change(route, (live) => {
				if (live === null || live.rolloutId === null) return null;
				const isIt = named === null ? isOurs(live) : live.epoch === named.epoch;
				return isIt ? ending(live, route) : null;
			});
		},
		adopt: (route, slot) =>
			change(route, (live) => {
				const shares = assertSlots(live, route);
				const isServed = (live !== null && live.rolloutId !== null) || shares[slot] === 100;
				if (live?.baseSlot === slot && isServed) return null;
				return { ...(isServed ? {} : { backends: backendsOf(route, weightsFor(slot, 0)) }), baseSlot: slot };
			}),
	};
};
