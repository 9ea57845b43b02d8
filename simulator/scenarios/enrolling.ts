import type { Problem } from "../../lib/domain/enrolment-facts.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { System } from "../system/make-system.ts";
import type { Rate } from "../world/rate.ts";
import { digestOfVersion } from "./make-stage.ts";
import type { Stage } from "./stage.ts";

/** What a person asks the enrolment machine for. */
export interface EnrolmentWish {
	readonly wish: "enrol" | "release";
	readonly fromPriority: number | null;
}

/** Where the user's own rule stands that is copied: far below the base rules of the environment file. */
export const usersPriority = 900;

/** Ten pods, so many users, a rule of theirs below the base priority, and nothing of Sluice's. */
export const hostFor =
	(requestsPerSecond: number | Rate) =>
	({ world }: System, definition: ServiceDefinition): void => {
		world.host(definition, {
			imageDigest: digestOfVersion("stable"),
			replicas: 10,
			requestsPerSecond,
			inClusterRequestsPerSecond: 10,
			rulePriority: usersPriority,
		});
	};

export const host = hostFor(100);

const machineArnOf = ({ system: { world }, definition }: Stage): string =>
	`arn:aws:states:${world.region}:${world.account}:stateMachine:sluice-${definition.environment}-enrolment`;

/** Starts an execution as the command line does. @returns its ARN. */
const start = (stage: Stage, wish: EnrolmentWish, attempt: number): string => {
	const { service } = stage.definition;
	stage.note("enrolment.asked", { wish: wish.wish, attempt });
	return stage.system.engine.start({
		machineArn: machineArnOf(stage),
		name: `${service}-${wish.wish}-${attempt}`,
		input: { v: 2, service, dryRun: false, by: "release-manager", ...wish },
	}).executionArn;
};

export interface EnrolmentEnd {
	readonly kind: string;
	readonly warnings?: readonly string[];
	readonly problems?: readonly Problem[];
}

/** How long somebody waits before they ask again, seconds, and how often they do. */
const patienceSeconds = 20;
const mostAttempts = 60;

/** Asks, and asks again as somebody does whose terminal was closed, until it is done, refused or wanted no more; then tells how it ended. */
export const insist = (
	stage: Stage,
	wish: EnrolmentWish,
	onEnd: (end: EnrolmentEnd) => void = () => {},
	attempt = 1,
	isWanted: () => boolean = () => true,
): void => {
	if (!isWanted()) return;
	const executionArn = start(stage, wish, attempt);
	const look = (): void => {
		const execution = stage.system.engine.list().find((one) => one.executionArn === executionArn);
		if (execution?.status === "RUNNING") {
			stage.after(patienceSeconds, look);
			return;
		}
		const output = (execution?.output ?? null) as EnrolmentEnd | null;
		const isOver = execution?.status === "SUCCEEDED" && output !== null && output.kind !== "stuck";
		if (isOver) {
			stage.note("enrolment.ended", { wish: wish.wish, outcome: output.kind });
			onEnd(output);
		} else if (attempt < mostAttempts) insist(stage, wish, onEnd, attempt + 1, isWanted);
	};
	stage.after(patienceSeconds, look);
};

/** Ends whatever execution of the machine runs, now. */
export const cutOff = ({ system: { engine } }: Stage): void => {
	for (const { executionArn, machineName, status } of engine.list())
		if (status === "RUNNING" && machineName.endsWith("-enrolment")) engine.stop(executionArn);
};
