import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { SlotName, SlotWeights } from "../../lib/domain/slot.ts";
import { balancerRouting } from "./balancer-routing.ts";
import { gatewayRouting } from "./gateway-routing.ts";
import type { World } from "./world.ts";

/** What is open beside the base of a service's route. */
export interface RoutingTrial {
	/** What the record calls it. */
	readonly name: string;
	/** The rollout that opened it; null where somebody else did. */
	readonly rolloutId: string | null;
	/** Weights as they are written, not as shares. */
	readonly weights: SlotWeights;
}

/**
 * What moves the requests of one service, whichever kind of router it has: as configured in the world at this moment,
 * and as a person may change it by hand.
 */
export interface Routing {
	/** Share of the service's requests that a slot has by the configuration, percent. */
	configuredPercent(slot: SlotName): number;
	/** Weights as they are written; null where there is no base. */
	base(): SlotWeights | null;
	trial(): RoutingTrial | null;
	/** What a rollout shows to testers. */
	preview(): RoutingTrial | null;
	/** Share of testers' requests that a slot has by the configuration, percent; 0 where there are no testers. */
	testersPercent(slot: SlotName): number;
	/** Whether a trial of that name, as the record has it, is still open. */
	isOpen(trialName: string): boolean;
	healthyTargets(slot: SlotName): number;
	/** By hand: weights of the trial, or of what it falls back to. Nothing where there is none. */
	weigh(what: "base" | "trial", weights: SlotWeights): void;
	/** By hand. */
	removeTrial(): void;
	/** How long users' requests may take to follow a change, milliseconds at most. */
	readonly followsWithinMs: number;
}

/** The routing of a service. */
export const routingOf = (world: World, { route }: ServiceDefinition): Routing =>
	route.kind === "gateway-api" ? gatewayRouting(world, route) : balancerRouting(world, route);

/** Whether a remote call changes what moves requests. */
export const isRoutingWrite = (operation: string): boolean =>
	/^elasticloadbalancing:(Create|Modify|Delete)Rule$/.test(operation) || operation === "kubernetes:patch:httproutes";

/** Whether a change that was just made wrote weights; one that only took a trial away may uncover what others wrote. */
export const hasWrittenWeights = (operation: string, routing: Routing): boolean =>
	operation === "kubernetes:patch:httproutes" ? routing.trial() !== null : !operation.endsWith("DeleteRule");
