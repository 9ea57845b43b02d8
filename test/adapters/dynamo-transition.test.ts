import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serviceItemOf, serviceStateOf } from "../../lib/adapters/dynamo-service-item.ts";
import { compileTransition } from "../../lib/adapters/dynamo-transition.ts";
import {
	type Answer,
	idleState,
	type Pause,
	phases,
	type ServiceState,
	type Wish,
} from "../../lib/domain/service-state.ts";
import { applied, type OptionalAttribute, satisfies, type Transition } from "../../lib/domain/transition.ts";
import { contractRelease, fullState } from "../contracts/contract-state.ts";
import { Expressions } from "./wire/dynamo-expression.ts";

const epochs = fc.integer({ min: 0, max: 3 });
const rolloutIds = fc.constantFrom("checkout-1", "checkout-2");
const phase = fc.constantFrom(...phases);
const asked = fullState("checkout").askedAtEpochMs ?? 0;
/** Few of them, so that a question is often older, newer and of the same instant. */
const askedAt = fc.constantFrom(asked - 1, asked, asked + 1);
const wish = (id: string): Wish => ({ id, verb: "promote", by: "ana", atEpochMs: 1, phase: "trial" });
const answer: Answer = { verb: "approve", by: "ana", atEpochMs: 1 };
const pauseWith = (answers: number): Pause => ({
	reason: "approval",
	explanation: "",
	token: fullState("checkout").pause?.token ?? "",
	sinceEpochMs: asked,
	approvers: [],
	...(answers > 0 && { answers: Array.from({ length: answers }, () => answer) }),
});
const changes = fc.record(
	{
		epoch: epochs,
		phase,
		weightPercent: fc.integer({ min: 0, max: 100 }),
		redAlarms: fc.constantFrom({}, { "checkout errors": 1_000 }),
		rolloutId: rolloutIds,
		release: fc.constantFrom(contractRelease("a", "v1"), contractRelease("b")),
		exposedAtEpochMs: fc.integer({ min: 0 }),
		askedAtEpochMs: askedAt,
		wish: fc.constantFrom(wish("wish-1"), wish("wish-2"), { ...wish("wish-2"), isOver: true }),
		pause: fc.constantFrom(...[0, 1, 2].map(pauseWith), { ...pauseWith(1), answeredBy: answer }),
	},
	{ requiredKeys: [] },
);
const optional = fc.constantFrom<OptionalAttribute>(
	"rolloutId",
	"release",
	"exposedAtEpochMs",
	"pause",
	"askedAtEpochMs",
	"next",
	"wish",
);
const transitions: fc.Arbitrary<Transition> = fc.record(
	{
		condition: fc.record(
			{
				epoch: epochs,
				phaseIn: fc.array(phase, { maxLength: 3 }),
				rolloutId: rolloutIds,
				pauseAnswers: fc.constantFrom(0, 1, 2),
				isQuestionOpen: fc.constant(true as const),
				deeds: fc.constantFrom(0, 1, 2),
				wishId: fc.constantFrom(null, "wish-1", "wish-2"),
				isWishOpen: fc.constant(true as const),
				pauseToken: fc.constantFrom(fullState("checkout").pause?.token ?? "", "another", null),
				weightAtMostPercent: fc.constantFrom(0, 25, 100),
				askedBeforeEpochMs: askedAt,
			},
			{ requiredKeys: [] },
		),
		set: changes,
		setIfAbsent: changes,
		remove: fc.array(optional, { maxLength: 3 }),
	},
	{ requiredKeys: ["condition", "set"] },
);
const states: fc.Arbitrary<ServiceState> = fc
	.tuple(fc.constantFrom(idleState("checkout", "blue", contractRelease("a")), fullState("checkout")), changes)
	.map(([state, change]) => ({ ...state, ...change }));

describe("compileTransition", () => {
	it("given any transition and state, does to the item what the domain does to the state", () => {
		fc.assert(
			fc.property(states, transitions, (state, transition) => {
				const update = compileTransition(transition);
				const expressions = new Expressions(update);

				const holds = expressions.holds(update.ConditionExpression, serviceItemOf(state));
				const after = expressions.updated(update.UpdateExpression, serviceItemOf(state));
				expressions.refuseUnused();

				expect(holds).toBe(satisfies(state, transition.condition));
				expect(serviceStateOf(after)).toStrictEqual(applied(state, transition));
			}),
			{ numRuns: 500 },
		);
	});

	it("given any transition, keeps `busy` on the item exactly while the phase is not idle", () => {
		fc.assert(
			fc.property(states, transitions, (state, transition) => {
				const update = compileTransition(transition);

				const after = new Expressions(update).updated(update.UpdateExpression, serviceItemOf(state));

				expect(after.busy?.S).toBe(applied(state, transition).phase === "idle" ? undefined : "1");
			}),
		);
	});

	it("given any transition, never holds for an item that is not there", () => {
		fc.assert(
			fc.property(transitions, (transition) => {
				const update = compileTransition(transition);

				expect(new Expressions(update).holds(update.ConditionExpression, {})).toBe(false);
			}),
		);
	});

	it("given the write that exposes a canary, says it in DynamoDB's words", () => {
		const update = compileTransition({
			condition: { epoch: 7, phaseIn: ["preparing", "trial"] },
			set: { phase: "trial", weightPercent: 5 },
			setIfAbsent: { exposedAtEpochMs: 1_000 },
			remove: ["pause"],
		});

		expect(update).toEqual({
			UpdateExpression:
				"SET #phase = :phase, #weightPercent = :weightPercent, #busy = :busy, " +
				"#exposedAtEpochMs = if_not_exists(#exposedAtEpochMs, :exposedAtEpochMs) REMOVE #pause",
			ConditionExpression: "attribute_exists(#service) AND #epoch = :ifEpoch AND #phase IN (:ifPhase0, :ifPhase1)",
			ExpressionAttributeNames: {
				"#phase": "phase",
				"#weightPercent": "weightPercent",
				"#busy": "busy",
				"#exposedAtEpochMs": "exposedAtEpochMs",
				"#pause": "pause",
				"#service": "service",
				"#epoch": "epoch",
			},
			ExpressionAttributeValues: {
				":phase": { S: "trial" },
				":weightPercent": { N: "5" },
				":busy": { S: "1" },
				":exposedAtEpochMs": { N: "1000" },
				":ifEpoch": { N: "7" },
				":ifPhase0": { S: "preparing" },
				":ifPhase1": { S: "trial" },
			},
		});
	});

	it("given a question to a person, says in DynamoDB's words that none may have been asked since", () => {
		const update = compileTransition({
			condition: { epoch: 7, askedBeforeEpochMs: 2_000 },
			set: { askedAtEpochMs: 1_999 },
		});

		expect(update).toEqual({
			UpdateExpression: "SET #askedAtEpochMs = :askedAtEpochMs",
			ConditionExpression:
				"attribute_exists(#service) AND #epoch = :ifEpoch AND " +
				"(attribute_not_exists(#askedAtEpochMs) OR #askedAtEpochMs < :ifAskedBefore)",
			ExpressionAttributeNames: { "#askedAtEpochMs": "askedAtEpochMs", "#service": "service", "#epoch": "epoch" },
			ExpressionAttributeValues: {
				":askedAtEpochMs": { N: "1999" },
				":ifEpoch": { N: "7" },
				":ifAskedBefore": { N: "2000" },
			},
		});
	});

	it("given nothing but a removal, sends no map of values, which DynamoDB would refuse empty", () => {
		const update = compileTransition({ condition: {}, set: {}, remove: ["next"] });

		expect(update).not.toHaveProperty("ExpressionAttributeValues");
	});
});
