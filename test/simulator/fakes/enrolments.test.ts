import { createEngine } from "../../../simulator/asl/engine.ts";
import type { JsonValue } from "../../../simulator/asl/json-value.ts";
import { loadStateMachine } from "../../../simulator/asl/state-machine.ts";
import { fakeEnrolments } from "../../../simulator/fakes/enrolments.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { enrolmentsContract } from "../../contracts/enrolments.contract.ts";
import { makeStage } from "./stage.ts";

const machineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:sluice-production-enrolment";

/** A machine that puts out what its one task answers. */
const machine = {
	QueryLanguage: "JSONata",
	StartAt: "Enrol",
	TimeoutSeconds: 14_400,
	States: {
		Enrol: {
			Type: "Task",
			Resource: "arn:aws:states:::lambda:invoke",
			Arguments: { FunctionName: "enrol-service", Payload: "{% $states.input %}" },
			Output: "{% $states.result.Payload %}",
			TimeoutSeconds: 75,
			End: true,
		},
	},
};

enrolmentsContract("fakeEnrolments", async () => {
	const { clock, caller } = makeStage();
	const inputs: unknown[] = [];
	let end: (report: JsonValue) => void = () => {};
	const engine = createEngine({
		timers: clock,
		random: randomOf(1),
		hooks: {
			invokeFunction: ({ payload }) => {
				inputs.push(payload);
				return new Promise((resolve) => {
					end = resolve;
				});
			},
			authorize: () => {},
			onStatusChange: () => {},
			latencyMs: () => 1,
		},
	});
	engine.register(loadStateMachine(machineArn, "arn:aws:iam::111122223333:role/machine", machine));
	const enrolments = fakeEnrolments(engine, caller, machineArn);
	return {
		enrolments: {
			...enrolments,
			begin: async (request, id) => {
				const begun = await enrolments.begin(request, id);
				await clock.run(clock.nowEpochMs() + 10);
				return begun;
			},
		},
		inputs: () => inputs,
		end: async (report) => {
			if (report === null) for (const { executionArn } of engine.list()) engine.stop(executionArn);
			else end(report as JsonValue);
			await clock.run(clock.nowEpochMs() + 10);
		},
		silence: () => caller.silence(),
	};
});
