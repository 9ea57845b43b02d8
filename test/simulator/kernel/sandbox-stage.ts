import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import type { DeployedFunction } from "../../../simulator/kernel/lambda-service.ts";
import { InvocationFailure, Sandbox } from "../../../simulator/kernel/sandbox.ts";
import type { BoundHandler, Fault, SandboxHost } from "../../../simulator/kernel/sandbox-host.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";

const startEpochMs = 1_000_000;

/** What a test's function can do: call, sleep, remember. */
export type Code = (caller: Parameters<SandboxHost["bind"]>[0]) => BoundHandler;

interface StageOptions {
	readonly latencyMs?: number;
	readonly denied?: (call: RemoteCall) => string | null;
	readonly faultFor?: (call: RemoteCall) => Fault | null;
}

/** A clock, and a host whose calls leave a trace `operation@milliseconds` when they take effect. */
export const sandboxStage = (code: Code, options: StageOptions = {}) => {
	const clock = new VirtualClock(startEpochMs);
	const effects: string[] = [];
	const now = (): number => clock.nowEpochMs() - startEpochMs;
	const host: SandboxHost = {
		timers: clock,
		longestWaitMs: () => 1_000,
		latencyMs: () => options.latencyMs ?? 100,
		denialOf: (call) => options.denied?.(call) ?? null,
		faultFor: (call) => options.faultFor?.(call) ?? null,
		onCall: ({ operation }) => void effects.push(`${operation}@${now()}`),
		answer: (_call, effect) => effect(),
		bind: code,
	};
	const pass = (milliseconds: number) => clock.run(clock.nowEpochMs() + milliseconds);
	/** The outcome once there is one, and when: `answer:…@ms` or `ErrorType@ms`. */
	const watch = (invocation: Promise<unknown>): { ended: string | null } => {
		const seen: { ended: string | null } = { ended: null };
		invocation.then(
			(answer) => {
				seen.ended = `answer:${JSON.stringify(answer)}@${now()}`;
			},
			(error: unknown) => {
				seen.ended = `${error instanceof InvocationFailure ? error.errorType : String(error)}@${now()}`;
			},
		);
		return seen;
	};
	return { clock, host, sandbox: new Sandbox(host), effects, now, pass, watch };
};

/** A remote call by its operation alone. */
export const callTo = (operation: string): RemoteCall => ({ operation, resource: "*" });

/** A function as a template deploys it. */
export const deployedFunction = (overrides: Partial<DeployedFunction> = {}): DeployedFunction => ({
	name: "act",
	arn: "arn:aws:lambda:eu-central-1:111122223333:function:act",
	roleArn: "arn:aws:iam::111122223333:role/act",
	entry: "functions/act",
	timeoutMs: 3_000,
	reservedConcurrency: null,
	environment: {},
	asyncInvoke: { maxRetries: 2, maxAgeSeconds: 21_600, deadLetterArn: null },
	...overrides,
});
