import type { GatewayRoute } from "../domain/service-definition.ts";
import { type SlotName, type SlotWeights, slotNames } from "../domain/slot.ts";
import type { KubernetesObject } from "./kubernetes-objects.ts";

/** Where a rule of an HTTPRoute sends requests. Members that Sluice does not know, such as filters, are kept. */
export interface BackendRef {
	readonly group?: string;
	readonly kind?: string;
	readonly name: string;
	readonly namespace?: string;
	readonly port?: number;
	/** 1 where nothing is said. */
	readonly weight?: number;
}

interface HttpRouteRule {
	readonly filters?: readonly { readonly type: string }[];
	readonly backendRefs?: readonly BackendRef[];
	readonly sessionPersistence?: object;
}

interface RouteCondition {
	readonly type: string;
	readonly status: string;
	/** The generation that the controller has judged; some do not say. */
	readonly observedGeneration?: number;
}

/** gateway.networking.k8s.io/v1 HTTPRoute, as far as Sluice reads it. */
export interface HttpRoute extends KubernetesObject {
	readonly spec: { readonly rules?: readonly HttpRouteRule[] };
	readonly status?: { readonly parents?: readonly { readonly conditions?: readonly RouteCondition[] }[] };
}

/** The rule of a route that forwards to the slots. */
export interface SlotRule {
	readonly index: number;
	readonly backendRefs: readonly BackendRef[];
	/** Share of requests that each slot gets, percent. */
	readonly weights: SlotWeights;
}

const slotOf = (
	{ group = "", kind = "Service", name, namespace }: BackendRef,
	route: GatewayRoute,
): SlotName | null => {
	const isLocalService = group === "" && kind === "Service" && (namespace ?? route.namespace) === route.namespace;
	return isLocalService ? (slotNames.find((slot) => route.slotServices[slot] === name) ?? null) : null;
};

/** Stickiness pins clients to a slot whatever the weights say (D3), and a redirect answers before any slot is asked. */
const isPlain = ({ filters = [], sessionPersistence }: HttpRouteRule): boolean =>
	sessionPersistence === undefined && filters.every(({ type }) => type !== "RequestRedirect");

/**
 * The one rule of a route that forwards to the slots and does nothing else. Null where there is none, where several
 * would have to move at once, and where what it does cannot be said in shares of the two slots.
 */
export const slotRuleOf = (object: HttpRoute | null, route: GatewayRoute): SlotRule | null => {
	const rules = (object?.spec.rules ?? []).map((rule, index) => ({ rule, index }));
	const [found, ...others] = rules.filter(({ rule }) =>
		(rule.backendRefs ?? []).some((backend) => slotOf(backend, route) !== null),
	);
	if (found === undefined || others.length > 0 || !isPlain(found.rule)) return null;
	const sums: Record<SlotName, number> = { blue: 0, green: 0 };
	const { backendRefs = [] } = found.rule;
	for (const backend of backendRefs) {
		const slot = slotOf(backend, route);
		if (slot === null) return null;
		sums[slot] += backend.weight ?? 1;
	}
	const total = sums.blue + sums.green;
	if (total === 0) return null;
	const blue = (100 * sums.blue) / total;
	return { index: found.index, backendRefs, weights: { blue, green: 100 - blue } };
};

/** Whether some rule, whatever else it does, sends requests to a slot. A weight of 0 sends none. */
export const reachesSlot = ({ spec: { rules = [] } }: HttpRoute, route: GatewayRoute): boolean =>
	rules.some(({ backendRefs = [] }) =>
		backendRefs.some((backend) => slotOf(backend, route) !== null && (backend.weight ?? 1) > 0),
	);

/** The rule's backends with other weights: one for each slot, made of the other's where one is missing. */
export const weighed = (rule: SlotRule, route: GatewayRoute, weights: SlotWeights): readonly BackendRef[] => {
	const [any] = rule.backendRefs;
	return slotNames.map((slot) => {
		const present = rule.backendRefs.find((backend) => slotOf(backend, route) === slot) ?? any;
		return { ...present, name: route.slotServices[slot], weight: weights[slot] };
	});
};

const parentsOf = (object: HttpRoute): readonly (readonly RouteCondition[])[] =>
	(object.status?.parents ?? []).map(({ conditions = [] }) => conditions);

const statusOf = (conditions: readonly RouteCondition[], wanted: string): string | undefined =>
	conditions.find(({ type }) => type === wanted)?.status;

/** Whether some controller serves this route, and has found all that it forwards to: what is missing is answered with 500. */
export const isServed = (object: HttpRoute): boolean =>
	parentsOf(object).some(
		(conditions) => statusOf(conditions, "Accepted") === "True" && statusOf(conditions, "ResolvedRefs") !== "False",
	);

/**
 * Whether a controller says that it has yet to look at the present spec. It is said for the controller alone: proxies
 * follow it later, and nothing in the API tells when.
 */
export const isPending = (object: HttpRoute): boolean =>
	parentsOf(object).some((conditions) =>
		conditions.some(
			({ type, observedGeneration }) =>
				type === "Accepted" &&
				observedGeneration !== undefined &&
				observedGeneration < (object.metadata.generation ?? 0),
		),
	);
