import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { objectKey } from "../../world/cluster.ts";
import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Ending, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const isShort = ({ kind, detail }: LifecycleEvent): boolean =>
	kind === "rollout.paused.v1" && detail.reason === "capacity-short";

/** Approves; but who is asked whether to go on without enough pods looks at them, sees them crash, and goes back. */
const abortWhereShort = (event: LifecycleEvent, stage: Stage): void => {
	if (!isShort(event)) approvePromptly(event, stage);
	else
		stage.after(90, () => {
			stage.lend("aborted");
			stage.command("abort", "release-manager");
		});
};

/** For a verdict, unless somebody was asked for pods before there was one. */
const wentBack = (ending: Ending): readonly string[] => {
	const wasShort = ending.told("rollout.paused.v1").some(({ reason }) => reason === "capacity-short");
	return wentBackFor(ending, "verdict", ...(wasShort ? ["person"] : []));
};

/** A migration, a leak, a poisonous request: pods are ready, get their users, exit, and do not come back. */
export const crashAfterReady: Scenario = {
	name: "crash-after-ready",
	story: "The new version's pods become ready, get their users and crash for good; what is gone counts nothing.",
	service: "checkout",
	expected: "rolled-back",
	candidate: {},
	react: (event, stage) => {
		abortWhereShort(event, stage);
		if (event.kind !== "rollout.shifted.v1") return;
		const { workload } = stage.definition;
		stage.once("crash", () =>
			stage.after(40, () => {
				stage.changeCandidate({ neverReady: true });
				stage.system.world.cluster.deployment(objectKey(workload, `${workload.deployment}-green`))?.crashReady();
			}),
		);
	},
	broken: (ending) => {
		const { bad } = ending.requestsOf("candidate");
		return [
			...wentBack(ending),
			// Looks are ten seconds apart, two at an empty slot six: at 5 % that is five requests a second.
			...unless(bad <= 1_000, `${bad} requests failed before anybody noticed; allowed are 1000.`),
		];
	},
};

/** The same with pods that come back, and crash again, with longer waits each time: the rollback may take some steps. */
export const crashNowAndThen: Scenario = {
	...crashAfterReady,
	name: "crash-now-and-then",
	story: "The new version's pods crash minutes after they got ready, come back, and crash again.",
	candidate: { crashAfterSeconds: 150 },
	react: abortWhereShort,
	broken: wentBack,
};
