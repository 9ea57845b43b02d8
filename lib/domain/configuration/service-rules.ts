import type { BrokenRule } from "./broken-rule.ts";
import type { ServiceConfig } from "./service-config.ts";
import { type ResolvedStep, resolveHoldback, resolveSteps } from "./steps.ts";

/** What must hold between the keys of one service, each by itself being right. */
export const serviceRules = (service: ServiceConfig): readonly BrokenRule[] => {
	const steps = resolveSteps(service.strategy, service.steps);
	const holdback = resolveHoldback(service.holdback);
	return [
		...weightRules(service, steps),
		...steps.flatMap((step, position) => bakeRules(service, step, ["steps", position])),
		...holdback.flatMap((step) => bakeRules(service, step, ["holdback"])),
		...blueGreenRules(service),
		...approvalRules(service, [...holdback, ...steps]),
		...guardrailRules(service),
		...kindRules(service),
		...sourceRules(service),
	];
};

// Steps of a preset hold by construction, so every broken rule is about an entry of the user's list.
const weightRules = (service: ServiceConfig, steps: readonly ResolvedStep[]): readonly BrokenRule[] => {
	const broken: BrokenRule[] = [];
	if (service.strategy === "blue-green" && service.steps !== undefined && steps.length !== 1)
		broken.push({ path: ["steps"], allowed: "for blue-green: nothing, or a list of one step at 100" });
	steps.forEach((step, position) => {
		const before = steps[position - 1]?.weightPercent ?? 0;
		const path = ["steps", position, "weightPercent"];
		if (step.weightPercent <= before) broken.push({ path, allowed: `more than the step before it (${before})` });
		else if (position === steps.length - 1 && step.weightPercent !== 100)
			broken.push({ path, allowed: "100, because it is the last step" });
		if (step.weightPercent === 100 && step.judgedBy === "comparison")
			broken.push({
				path: ["steps", position, "judgedBy"],
				allowed: "guardrails at weightPercent 100, where nothing is left to compare with",
			});
	});
	return broken;
};

const bakeRules = (
	{ warmupSeconds, measurements }: ServiceConfig,
	{ minBakeSeconds, maxBakeSeconds }: ResolvedStep,
	of: BrokenRule["path"],
): readonly BrokenRule[] => {
	const path = [...of, "maxBakeSeconds"];
	if (minBakeSeconds > maxBakeSeconds) return [{ path, allowed: `at least minBakeSeconds (${minBakeSeconds})` }];
	// A shorter bake would end before its first bucket could be judged.
	const least = warmupSeconds + measurements.periodSeconds;
	if (maxBakeSeconds < least)
		return [{ path, allowed: `at least warmupSeconds and one measurements.periodSeconds together (${least})` }];
	return [];
};

/** A canary has users on the stable slot at every step but the last, and counts whatever reaches it as theirs. */
const blueGreenRules = ({ strategy, holdback, preview, traffic }: ServiceConfig): readonly BrokenRule[] => {
	const broken: BrokenRule[] = [];
	if (strategy !== "blue-green" && holdback !== undefined)
		broken.push({ path: ["holdback"], allowed: `nothing for strategy ${strategy}: its steps hold users back already` });
	if (strategy !== "blue-green" && preview !== undefined)
		broken.push({
			path: ["preview"],
			allowed: `nothing for strategy ${strategy}: at a small weight, what testers send would be judged as if users had`,
		});
	if (preview === undefined) return broken;
	if (traffic.router === "gateway-api")
		broken.push({
			path: ["preview"],
			allowed: "nothing with the router gateway-api: testers are told by a listener rule",
		});
	else if (traffic.basePriority < 3)
		broken.push({
			path: ["traffic", "basePriority"],
			allowed: "3 to 50000 beside a preview: the rule for testers stands two before it",
		});
	return broken;
};

const approvalRules = (service: ServiceConfig, steps: readonly ResolvedStep[]): readonly BrokenRule[] => {
	const weights = steps.map((step) => step.weightPercent);
	if (weights.length === 0) return [];
	const approvals = service.approvals ?? [];
	return approvals.flatMap(({ beforeWeightPercent, approvers, needed }, position) => {
		if (approvers.length > 0 && approvers.length < needed)
			return [
				{ path: ["approvals", position, "needed"], allowed: `at most as many as approvers (${approvers.length})` },
			];
		const path = ["approvals", position, "beforeWeightPercent"];
		if (!weights.includes(beforeWeightPercent)) return [{ path, allowed: `a step's weight: ${weights.join(", ")}` }];
		const first = approvals.findIndex((approval) => approval.beforeWeightPercent === beforeWeightPercent);
		return first === position ? [] : [{ path, allowed: `a weight that approvals[${first}] does not name already` }];
	});
};

// Every strategy that there is moves weights.
const kindRules = ({ strategy, workload: { kind } }: ServiceConfig): readonly BrokenRule[] =>
	kind === "service"
		? []
		: [
				{
					path: ["workload", "kind"],
					allowed: `service for strategy ${strategy}: no weight moves what takes its work from a queue or from the clock`,
				},
			];

const guardrailRules = ({ guardrails, measurements }: ServiceConfig): readonly BrokenRule[] =>
	guardrails.windowSeconds % measurements.periodSeconds === 0
		? []
		: [
				{
					path: ["guardrails", "windowSeconds"],
					allowed: `a multiple of measurements.periodSeconds (${measurements.periodSeconds})`,
				},
			];

const sourceRules = ({ traffic, measurements }: ServiceConfig): readonly BrokenRule[] =>
	traffic.router === "gateway-api" && measurements.source !== "custom-metrics"
		? [
				{
					path: ["measurements", "source"],
					allowed: "custom-metrics for a service that no load balancer is in front of",
				},
			]
		: [];
