import { environmentTag, fromPriorityTag, isOurs, sharePercent, usersGroupTag } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts, GatewayFacts, Problem } from "./enrolment-facts.ts";
import { otherSlot, type SlotName, slotNames } from "./slot.ts";

/**
 * Callers in the cluster of a service on record. Nobody moves them here: a rollout may be doing it. In an idle service
 * they belong to the slot that serves; while something is rolled out either slot may have them.
 */
const callerProblems = ({ definition, record, cluster }: CommonFacts): readonly Problem[] => {
	const { inClusterService: name } = definition.workload;
	const { inClusterService } = cluster;
	if (record === null || name === null || inClusterService === null) return [];
	const { slot } = inClusterService;
	if (record.phase === "idle" ? slot === record.stableSlot : slot !== null) return [];
	return [
		{
			what: `in-cluster Service "${name}"`,
			value: slot === null ? "selects neither slot" : `selects slot ${slot}`,
			allowed: `sluice.dev/slot=${record.stableSlot} in its selector: set it there, and leave that label out of what your GitOps tool applies`,
		},
	];
};

const sharesIn = (route: EnrolmentFacts["definition"]["route"], stable: SlotName): string =>
	`the slots and nothing else in its forward, slot ${stable} (${route.targetGroupArns[stable]}) at 100 % and slot ${otherSlot(stable)} at 0 %`;

/** The base rule of a service on record: what rollouts go from, and write at their end. */
const baseRuleProblems = ({ definition, record, route: { base } }: EnrolmentFacts): readonly Problem[] => {
	if (record === null) return [];
	const { route, environment } = definition;
	const { stableSlot, phase } = record;
	const what = `the base rule at priority ${route.basePriority}`;
	const tags = `tagged ${environmentTag}=${environment}, ${usersGroupTag}=<ARN of your own target group> and ${fromPriorityTag}=<priority of your own rule>`;
	if (base === null || !isOurs(base, environment))
		return [
			{
				what,
				value: base === null ? "gone" : `not tagged ${environmentTag}=${environment}`,
				allowed: `one with the conditions of your own rule, ${tags}, with ${sharesIn(route, stableSlot)}`,
			},
		];
	const shareOf = (slot: SlotName): number => Math.round(sharePercent(base, route.targetGroupArns[slot]));
	const toSlots = slotNames.reduce((sum, slot) => sum + shareOf(slot), 0);
	if (toSlots === 100 && (phase !== "idle" || shareOf(stableSlot) === 100)) return [];
	return [
		{
			what,
			value: `gives ${slotNames.map((slot) => `slot ${slot} ${shareOf(slot)} %`).join(" and ")}`,
			allowed: `${sharesIn(route, stableSlot)}: put that there`,
		},
	];
};

/** What is not as a rollout or an enrolment left it, and only a person can put right; empty where nothing is. */
export const enrolledProblems = (facts: EnrolmentFacts): readonly Problem[] => [
	...baseRuleProblems(facts),
	...callerProblems(facts),
];

/** The same behind an HTTPRoute, which is the user's to point. */
export const gatewayEnrolledProblems = (facts: GatewayFacts): readonly Problem[] => {
	const { definition, record, base } = facts;
	if (record === null) return [];
	const { stableSlot, phase } = record;
	const isGood = base !== null && (phase !== "idle" || base[stableSlot] === 100);
	const { namespace, httpRoute } = definition.route;
	const other = otherSlot(stableSlot);
	return [
		...(isGood
			? []
			: [
					{
						what: `HTTPRoute "${namespace}/${httpRoute}"`,
						value:
							base === null
								? "gone, or does something else than share requests between the two slots"
								: `gives slot ${other} ${base[other]} %`,
						allowed: `slot ${stableSlot} at 100 % and slot ${other} at 0 %: put that there`,
					},
				]),
		...callerProblems(facts),
	];
};
