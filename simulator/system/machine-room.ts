import { longestWaitMs } from "../../lib/ports/patience.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import { type DeployedFunction, LambdaService } from "../kernel/lambda-service.ts";
import type { InvocationFailure } from "../kernel/sandbox.ts";
import type { Fault, SandboxHost } from "../kernel/sandbox-host.ts";
import type { Timers } from "../kernel/timers.ts";
import type { Deployment } from "../template/deployment.ts";
import type { Authority } from "./authority.ts";
import type { FunctionCode } from "./function-code.ts";
import { patienceFor } from "./patience-for.ts";
import { type Surroundings, sandboxPorts } from "./sandbox-ports.ts";

/** What a run can see of its functions, and do to them. */
export interface MachineRoomHooks {
	/** Told of each remote call that IAM lets through, with the number of the sandbox that made it. */
	onCall?(entry: string, call: RemoteCall, sandbox: number): void;
	/** Told right after a remote call took effect in the world; what it refuses has none. */
	onEffect?(entry: string, call: RemoteCall): void;
	/** What goes wrong with a remote call; nothing where it is absent. The invoker is `<machine>/<state>` or `event`. */
	faultFor?(entry: string, call: RemoteCall, invoker: string): Fault | null;
	onInvocation?(invocation: {
		readonly functionName: string;
		readonly isCold: boolean;
		readonly failure: InvocationFailure | null;
	}): void;
}

export interface MachineRoomOptions extends MachineRoomHooks {
	readonly timers: Timers;
	readonly deployment: Deployment;
	readonly authority: Authority;
	readonly code: ReadonlyMap<string, FunctionCode>;
	/** Set once the world is there; functions run after that only. */
	readonly surroundings: () => Surroundings;
	/** Milliseconds, drawn anew for each operation. */
	latencyMs(operation: string): number;
	onDeadLetter(queueArn: string): void;
}

/** What a question was answered last, whoever asked it. */
type Answers = Map<string, unknown>;

const questionOf = ({ operation, resource, about = "" }: RemoteCall): string => `${operation} ${resource} ${about}`;

const codeOf = ({ code }: MachineRoomOptions, { name, entry }: DeployedFunction): FunctionCode => {
	const found = code.get(entry);
	if (found === undefined) throw new Error(`Function ${name} has no code that the simulator runs.`);
	return found;
};

const hostOf = (
	options: MachineRoomOptions,
	deployed: DeployedFunction,
	sandbox: number,
	answers: Answers,
): SandboxHost => {
	const { timers, authority, deployment } = options;
	const { roleArn, entry } = deployed;
	return {
		timers,
		// What the SDK asks again after a refusal fails at once here: the handler sees more, and the state machine retries.
		longestWaitMs: (operation) => longestWaitMs(patienceFor(operation, codeOf(options, deployed).patience)),
		latencyMs: (operation) => options.latencyMs(operation),
		denialOf: (call) => authority.denialOf(roleArn, call),
		faultFor: (call, invoker) => options.faultFor?.(entry, call, invoker) ?? null,
		onCall: (call) => options.onCall?.(entry, call, sandbox),
		answer: (call, effect, isStale) => {
			const question = questionOf(call);
			// The same question is asked by the same code: its answer has the same type.
			if (isStale && answers.has(question)) return answers.get(question) as ReturnType<typeof effect>;
			const answer = effect();
			answers.set(question, answer);
			options.onEffect?.(entry, call);
			return answer;
		},
		bind: (caller) => {
			const code = codeOf(options, deployed);
			const variables = { ...deployed.environment, AWS_REGION: deployment.region };
			return code.makeHandler(sandboxPorts(options.surroundings(), caller, variables), code.readEnvironment(variables));
		},
	};
};

/** The Lambda service of a deployment: its functions, with their real handlers. */
export const makeMachineRoom = (options: MachineRoomOptions): LambdaService => {
	let sandboxes = 0;
	const answers: Answers = new Map();
	const lambda = new LambdaService({
		timers: options.timers,
		coldStartMs: () => options.latencyMs("lambda:ColdStartWithClients"),
		overheadMs: () => options.latencyMs("lambda:WarmStart"),
		hostFor: (deployed) => hostOf(options, deployed, ++sandboxes, answers),
		onInvocation: (invocation) => options.onInvocation?.(invocation),
		onDeadLetter: ({ roleArn }, queueArn) => {
			// What may not be sent is lost; on AWS a metric alone would tell.
			if (options.authority.mayDo(roleArn, "sqs:SendMessage", queueArn)) options.onDeadLetter(queueArn);
		},
	});
	for (const deployed of options.deployment.functions) lambda.register(deployed);
	return lambda;
};
