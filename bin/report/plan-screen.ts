import { durationText } from "../../lib/domain/duration-text.ts";
import type { Obstacle } from "../../lib/domain/release-obstacles.ts";
import type { PlannedStep, ReleasePlan } from "../../lib/domain/release-plan.ts";
import { someNames } from "../../lib/domain/some-names.ts";
import type { Palette } from "../../simulator/report/palette.ts";
import { labelled } from "./labelled.ts";

const untilPassed = ({ expectedSeconds, maxSeconds }: PlannedStep): string =>
	expectedSeconds === null
		? `not within ${durationText(maxSeconds)}`
		: `${durationText(expectedSeconds)} (at most ${durationText(maxSeconds)})`;

const evidence = ({ evidenceSeconds, neededRequests, judgedBy }: PlannedStep): string => {
	const needs = judgedBy === "comparison" ? `${neededRequests} requests to each slot` : `${neededRequests} requests`;
	return evidenceSeconds === null
		? `${needs}, which never come at this traffic`
		: `${needs}, in ${durationText(Math.max(1, evidenceSeconds))}`;
};

const stepLines = (step: PlannedStep): readonly string[] => {
	const { approval, weightPercent, judgedBy } = step;
	const asked =
		approval === null
			? []
			: [
					`     ask  ${approval.approvers.length === 0 ? "whoever may approve" : someNames(approval.approvers)}, within ${durationText(approval.expiresSeconds)}`,
				];
	return [...asked, `${String(weightPercent).padStart(4)} %   ${untilPassed(step)}; by ${judgedBy}: ${evidence(step)}`];
};

const toneOf: Readonly<Record<Obstacle["effect"], keyof Palette>> = {
	refused: "bad",
	"goes-back": "bad",
	pauses: "waiting",
	waits: "waiting",
	"goes-on": "waiting",
};

/** The way of a release, what each step takes at the present traffic, and what stands in it. */
export const planScreen = (
	title: string,
	plan: ReleasePlan,
	obstacles: readonly Obstacle[],
	unknown: readonly string[],
	palette: Palette,
	width: number,
): readonly string[] => {
	const rate = plan.requestsPerSecond;
	return [
		palette.strong(title),
		rate === null ? "Present traffic is not known." : `Present traffic: ${rate.toFixed(1)} requests a second.`,
		"",
		`  ready   within ${durationText(plan.preparationSeconds)}`,
		...(plan.testersHeader === null ? [] : [`testers   from then on, by requests that carry ${plan.testersHeader}`]),
		...plan.steps.flatMap(stepLines),
		` window   ${durationText(plan.windowSeconds)}, then it closes`,
		`  drain   ${durationText(plan.drainSeconds)}, then the old slot is scaled down`,
		"",
		plan.expectedSeconds === null
			? `Not to be passed as things are; ${durationText(plan.maxSeconds)} at most.`
			: `About ${durationText(plan.expectedSeconds)} from the first weight, ${durationText(plan.maxSeconds)} at most; what people take to answer comes on top.`,
		...(obstacles.length === 0 ? ["Nothing stands in its way now."] : [""]),
		...obstacles.flatMap(({ effect, reason }) =>
			labelled(effect, reason, width).map((line, index) => (index === 0 ? palette[toneOf[effect]](line) : line)),
		),
		...unknown.flatMap((text) => labelled("unknown", text, width)),
	];
};
