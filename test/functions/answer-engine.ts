import { createEngine, type Engine } from "../../simulator/asl/engine.ts";
import { loadStateMachine } from "../../simulator/asl/state-machine.ts";
import { randomOf } from "../../simulator/kernel/random.ts";
import type { VirtualClock } from "../../simulator/kernel/timers.ts";

const arnOf = (kind: "rollout" | "rollback"): string =>
	`arn:aws:states:eu-central-1:111122223333:stateMachine:sluice-production-${kind}`;

export const rolloutMachineArn = arnOf("rollout");
export const rollbackMachineArn = arnOf("rollback");

/** A machine that hands out a token and ends when it is answered: what a test wants of an execution. */
const waitingMachine = {
	QueryLanguage: "JSONata",
	StartAt: "Ask",
	TimeoutSeconds: 1_209_600,
	States: {
		Ask: {
			Type: "Task",
			Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
			Arguments: {
				FunctionName: "ask",
				Payload: {
					token: "{% $states.context.Task.Token %}",
					name: "{% $states.context.Execution.Name %}",
				},
			},
			TimeoutSeconds: 1_000_000,
			End: true,
		},
	},
} as const;

/** Step Functions with stand-ins for both machines: each execution waits until a test ends it. */
export const answerEngine = (
	clock: VirtualClock,
): { readonly engine: Engine; readonly tokens: ReadonlyMap<string, string> } => {
	const tokens = new Map<string, string>();
	const engine = createEngine({
		timers: clock,
		random: randomOf(2),
		hooks: {
			invokeFunction: async ({ payload }) => {
				const { token, name } = payload as { readonly token: string; readonly name: string };
				tokens.set(name, token);
				return {};
			},
			authorize: () => {},
			onStatusChange: () => {},
			latencyMs: () => 0,
		},
	});
	for (const arn of [rolloutMachineArn, rollbackMachineArn])
		engine.register(loadStateMachine(arn, "arn:aws:iam::111122223333:role/machine", waitingMachine));
	return { engine, tokens };
};
