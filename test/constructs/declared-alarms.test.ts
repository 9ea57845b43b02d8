import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { DeclaredAlarms } from "../../lib/constructs/declared-alarms.ts";
import type { DeclaredAlarm } from "../../lib/domain/configuration/alarm-config.ts";

const declared = (more: Partial<DeclaredAlarm>): DeclaredAlarm => ({
	name: "orders-failed",
	metric: { namespace: "Shop", name: "OrdersFailed", dimensions: {}, statistic: "Sum", periodSeconds: 60 },
	comparison: "above",
	threshold: 20,
	datapointsToAlarm: 1,
	evaluationPeriods: 1,
	missingData: "notBreaching",
	...more,
});

const madeOf = (alarms: readonly (DeclaredAlarm | { existing: string })[]) => {
	const stack = new Stack(new App({ builtinCloudFormationValidation: false }), "Stack");
	new DeclaredAlarms(stack, "Alarms", { alarms: [...alarms] });
	const made = Template.fromStack(stack).findResources("AWS::CloudWatch::Alarm");
	return Object.values(made).map(({ Properties }) => Properties);
};

describe("declared alarms", () => {
	it.each([
		["above", "GreaterThanThreshold"],
		["at-or-above", "GreaterThanOrEqualToThreshold"],
		["below", "LessThanThreshold"],
		["at-or-below", "LessThanOrEqualToThreshold"],
	] as const)("given the comparison %s, compares by %s", (comparison, operator) => {
		expect(madeOf([declared({ comparison })])).toMatchObject([{ ComparisonOperator: operator, Threshold: 20 }]);
	});

	it.each(["missing", "notBreaching", "breaching", "ignore"] as const)(
		"given missing data as %s, says so",
		(missingData) => {
			expect(madeOf([declared({ missingData })])).toMatchObject([{ TreatMissingData: missingData }]);
		},
	);

	it("given an alarm that is somebody else's, makes none", () => {
		expect(madeOf([{ existing: "theirs" }])).toEqual([]);
	});

	it("given several, makes each under its own name", () => {
		const made = madeOf([declared({ name: "one" }), declared({ name: "two" })]);

		expect(made.map(({ AlarmName }) => AlarmName)).toEqual(["one", "two"]);
	});
});
