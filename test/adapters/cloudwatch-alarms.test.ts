import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it } from "vitest";
import { cloudwatchAlarms } from "../../lib/adapters/cloudwatch-alarms.ts";
import { AlarmsUnavailableError } from "../../lib/ports/alarms.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { alarmsContract } from "../contracts/alarms.contract.ts";
import { CloudwatchProduct, type StoredAlarm } from "./wire/cloudwatch-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { lossyProduct } from "./wire/lossy-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = () => {
	const product = new CloudwatchProduct();
	const lossy = lossyProduct(product.answer, () => false);
	const wire = wireTo(lossy.answer);
	const put = (alarm: StoredAlarm) => product.alarms.set(alarm.AlarmName, alarm);
	return { put, lossy, wire, alarms: cloudwatchAlarms(new CloudWatchClient(clientOptions(wire))) };
};

alarmsContract("cloudwatchAlarms", async () => {
	const { put, lossy, alarms } = setup();
	return {
		alarms,
		put: async (AlarmName, StateValue, sinceEpochMs) => {
			const since = sinceEpochMs / 1_000;
			put({
				AlarmName,
				StateValue,
				StateTransitionedTimestamp: since,
				StateUpdatedTimestamp: since,
				type: "MetricAlarm",
			});
		},
		failNextRead: lossy.failNextRead,
	};
});

const red = (AlarmName: string, times: Partial<StoredAlarm>): StoredAlarm => ({
	AlarmName,
	StateValue: "ALARM",
	type: "MetricAlarm",
	...times,
});

describe("cloudwatchAlarms", () => {
	it("given a red composite alarm, answers it as well", async () => {
		const { put, alarms } = setup();
		put(red("everything", { type: "CompositeAlarm", StateTransitionedTimestamp: 1_700_000_000 }));

		expect(await alarms.readRed(["everything"])).toEqual([{ name: "everything", sinceEpochMs: 1_700_000_000_000 }]);
	});

	it("given an alarm that was updated while it stayed red, says when it turned red", async () => {
		const { put, alarms } = setup();
		put(red("errors", { StateTransitionedTimestamp: 1_700_000_000.25, StateUpdatedTimestamp: 1_700_000_300 }));

		expect(await alarms.readRed(["errors"])).toEqual([{ name: "errors", sinceEpochMs: 1_700_000_000_250 }]);
	});

	it("given an alarm older than that field, falls back on its last update", async () => {
		const { put, alarms } = setup();
		put(red("errors", { StateUpdatedTimestamp: 1_700_000_300 }));

		expect(await alarms.readRed(["errors"])).toEqual([{ name: "errors", sinceEpochMs: 1_700_000_300_000 }]);
	});

	it("given names, asks once, for the red ones among them only", async () => {
		const { wire, alarms } = setup();

		await alarms.readRed(["errors", "latency"]);

		expect(wire.requests.map((request) => JSON.parse(request.body))).toEqual([
			{
				AlarmNames: ["errors", "latency"],
				AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
				StateValue: "ALARM",
				MaxRecords: 100,
			},
		]);
	});

	it("given no names, does not ask", async () => {
		const { wire, alarms } = setup();

		await alarms.readRed([]);

		expect(wire.requests).toHaveLength(0);
	});

	it("given a second page, reads it", async () => {
		const { put, wire, alarms } = setup();
		put(red("latency", { StateTransitionedTimestamp: 1_700_000_000 }));
		const first = { MetricAlarms: [red("errors", { StateTransitionedTimestamp: 1_700_000_000 })], NextToken: "0" };
		wire.answerNext({ status: 200, body: JSON.stringify(first) });

		const answered = await alarms.readRed(["errors", "latency"]);

		expect(answered.map((alarm) => alarm.name)).toEqual(["errors", "latency"]);
	});

	it("given pages without end, gives up", async () => {
		const { wire, alarms } = setup();
		for (let page = 0; page < 10; page++) wire.answerNext({ status: 200, body: JSON.stringify({ NextToken: "more" }) });

		await expect(alarms.readRed(["errors"])).rejects.toThrow(AlarmsUnavailableError);
	});

	it("given a missing permission, does not call it silence", async () => {
		const { wire, alarms } = setup();
		wire.answerNext(refusalAnswer("AccessDenied", "not authorized to perform: cloudwatch:DescribeAlarms", {}, 403));

		await expect(alarms.readRed(["errors"])).rejects.toThrow(InvalidAwsCallError);
	});
});
