import { gatewayTrialName, parseGatewayTrial } from "../domain/gateway-trial.ts";
import { parseRolloutId } from "../domain/rollout-id.ts";
import type { GatewayRoute } from "../domain/service-definition.ts";
import { type SlotName, slotNames, weightsFor } from "../domain/slot.ts";
import {
	type RouterReading,
	TrafficConflictError,
	type TrafficRouter,
	TrialGoneConflictError,
} from "../ports/traffic-router.ts";
import { type HttpRoute, isPending, isServed, reachesSlot, type SlotRule, slotRuleOf } from "./http-route.ts";
import { marking, marksOf, type RouteMarks, weighing } from "./http-route-fence.ts";
import { httpRoutes } from "./http-routes.ts";
import type { JsonPatchOperation, KubernetesApi } from "./kubernetes-api.ts";

const nameOf = ({ clusterName, namespace, httpRoute }: GatewayRoute): string =>
	`HTTPRoute "${namespace}/${httpRoute}" of cluster "${clusterName}"`;

/** @throws TrafficConflictError where no rule forwards to the two slots and does nothing else. */
const ruleOf = (live: HttpRoute | null, route: GatewayRoute): SlotRule => {
	const rule = slotRuleOf(live, route);
	if (rule !== null) return rule;
	const { blue, green } = route.slotServices;
	throw new TrafficConflictError(
		`${nameOf(route)} ${live === null ? "is missing" : "has no such rule"}: allowed is exactly one rule whose ` +
			`backendRefs are the Services "${blue}" and "${green}", without session persistence or redirect.`,
	);
};

/** The slot that a rule gives everything; null where it shares. */
const onlySlotOf = ({ weights }: SlotRule): SlotName | null => slotNames.find((slot) => weights[slot] === 100) ?? null;

/** Whether the trial that marks tell of was opened by this environment's Sluice. */
const isOurs = ({ rolloutId, environment }: RouteMarks, ours: string): boolean =>
	rolloutId !== null && environment === ours;

const readingOf = (live: HttpRoute | null, route: GatewayRoute, environment: string): RouterReading => {
	const rule = slotRuleOf(live, route);
	const marks = marksOf(live);
	const more = {
		...(live !== null && isPending(live) && { isPending: true as const }),
		...(live !== null && !reachesSlot(live, route) && { reachesNoSlot: true as const }),
	};
	if (marks.rolloutId === null) return { base: rule?.weights ?? null, trial: null, ...more };
	const base = marks.baseSlot === null ? rule?.weights : weightsFor(marks.baseSlot, 0);
	return {
		base: rule === null ? null : (base ?? null),
		trial: {
			ruleArn: gatewayTrialName({ route, epoch: marks.epoch ?? 0 }),
			rolloutId: isOurs(marks, environment) ? marks.rolloutId : null,
			weights: rule?.weights ?? { blue: 0, green: 0 },
		},
		...more,
	};
};

const opening = (
	live: HttpRoute | null,
	route: GatewayRoute,
	{ rolloutId, stableSlot, environment }: { rolloutId: string; stableSlot: SlotName; environment: string },
): { readonly epoch: number; readonly operations: readonly JsonPatchOperation[] | null } => {
	const rule = ruleOf(live, route);
	const marks = marksOf(live);
	if (marks.rolloutId !== null) {
		if (isOurs(marks, environment) && marks.rolloutId === rolloutId)
			return { epoch: marks.epoch ?? 0, operations: null };
		const owner = isOurs(marks, environment) ? marks.rolloutId : "somebody who is not this Sluice";
		throw new TrafficConflictError(
			`${nameOf(route)} belongs to ${owner}: allowed is one without a trial, or one that ${rolloutId} opened.`,
		);
	}
	if (live === null || !isServed(live))
		throw new TrafficConflictError(
			`${nameOf(route)} is served by no controller: allowed is one with a parent that has accepted it and found its backends.`,
		);
	const epoch = Math.max((marks.epoch ?? 0) + 1, parseRolloutId(rolloutId).epoch);
	const baseSlot = marks.baseSlot ?? onlySlotOf(rule) ?? stableSlot;
	return {
		epoch,
		operations: [
			...weighing(rule, route, weightsFor(stableSlot, 0)),
			...marking(live, { epoch, rolloutId, environment, baseSlot }),
		],
	};
};

/** Ends the trial: everything to the base slot, and an epoch that no earlier writer knows. */
const ending = (live: HttpRoute, route: GatewayRoute): readonly JsonPatchOperation[] => {
	const rule = slotRuleOf(live, route);
	const { epoch, baseSlot } = marksOf(live);
	return [
		...(rule === null || baseSlot === null ? [] : weighing(rule, route, weightsFor(baseSlot, 0))),
		...marking(live, { epoch: (epoch ?? 0) + 1, rolloutId: null, environment: null }),
	];
};

const adopting = (
	live: HttpRoute | null,
	route: GatewayRoute,
	slot: SlotName,
): readonly JsonPatchOperation[] | null => {
	const rule = ruleOf(live, route);
	const { rolloutId, baseSlot } = marksOf(live);
	// A trial keeps its weights; where it ends is all that changes.
	const isServed = rolloutId !== null || rule.weights[slot] === 100;
	if (live === null || (baseSlot === slot && isServed)) return null;
	return [...(isServed ? [] : weighing(rule, route, weightsFor(slot, 0))), ...marking(live, { baseSlot: slot })];
};

/**
 * Traffic through one rule of an HTTPRoute, by weights of its two backendRefs. Every write is a JSON Patch that begins
 * with a `test` on the epoch that the route carries; opening and ending a trial change it, so that a late write of an
 * ended trial is refused, however late it comes (D4).
 */
export const gatewayTrafficRouter = (
	apiOf: (clusterName: string) => KubernetesApi,
	environment: string,
): TrafficRouter<GatewayRoute> => {
	const routes = httpRoutes(apiOf);
	return {
		open: async (route, rolloutId, stableSlot) => {
			let opened = 0;
			await routes.change(route, (live) => {
				const { epoch, operations } = opening(live, route, { rolloutId, stableSlot, environment });
				opened = epoch;
				return operations;
			});
			return { trialRuleArn: gatewayTrialName({ route, epoch: opened }) };
		},

		shift: (route, trialRuleArn, weights) =>
			routes.change(route, (live) => {
				const { epoch, rolloutId } = marksOf(live);
				const rule = slotRuleOf(live, route);
				if (rolloutId === null || rule === null || epoch !== parseGatewayTrial(trialRuleArn)?.epoch)
					throw new TrialGoneConflictError(`Trial ${trialRuleArn} is over: a rollback or a closing came first.`);
				return rule.weights.blue === weights.blue ? null : weighing(rule, route, weights);
			}),

		read: async (route) => readingOf(await routes.get(route), route, environment),

		abandon: async (trial) => {
			const named = typeof trial === "string" ? parseGatewayTrial(trial) : null;
			const route = typeof trial === "string" ? named?.route : trial;
			// A name that no gateway gave stands for a trial that no gateway has.
			if (route === undefined) return;
			await routes.change(route, (live) => {
				const marks = marksOf(live);
				const isIt = named === null ? isOurs(marks, environment) : marks.epoch === named.epoch;
				return live === null || marks.rolloutId === null || !isIt ? null : ending(live, route);
			});
		},

		adopt: (route, slot) => routes.change(route, (live) => adopting(live, route, slot)),
	};
};
