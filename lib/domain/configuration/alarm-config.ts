import * as z from "zod/mini";
import { list, oneOf, section, text, wholeNumber } from "./bounded-field.ts";
import { betweenKeys } from "./broken-rule.ts";

// CloudWatch allows more, but the name is a key of the catalog's bucket: printable ASCII stays within its 1,024 bytes.
const alarmName = text(
	"an alarm name of 1 to 255 printable ASCII characters, no space at either end",
	/^[!-~](?:[ -~]*[!-~])?$/,
	255,
);
const printable = (what: string, maxLength: number) =>
	text(`${what} of 1 to ${maxLength} printable ASCII characters`, /^[ -~]+$/, maxLength);

const dimensions = z._default(
	z.record(
		text("a dimension name of 1 to 255 printable ASCII characters, not beginning with :", /^[!-9;-~][ -~]*$/, 255),
		printable("a dimension value", 1_024),
		{ error: "a mapping of at most 30 dimension names to values" },
	),
	{},
);

const period = "10, 20, 30 or a multiple of 60 up to 3600";
const periodSeconds = z.union(
	[
		z.literal([10, 20, 30]),
		z.int({ error: period }).check(z.minimum(60, period), z.maximum(3_600, period), z.multipleOf(60, period)),
	],
	{ error: period },
);

const metric = section({
	namespace: printable("a CloudWatch namespace", 255),
	name: printable("a metric name", 255),
	dimensions: dimensions.check(
		z.refine((value) => Object.keys(value).length <= 30, "a mapping of at most 30 dimension names to values"),
		z.meta({ maxProperties: 30, description: "Dimensions that select one metric." }),
	),
	statistic: oneOf("Sum", "Average", "Minimum", "Maximum", "SampleCount"),
	periodSeconds: periodSeconds.check(z.describe("Length of one data point, seconds.")),
}).check(
	betweenKeys(({ namespace, periodSeconds }) =>
		// AWS publishes its own metrics once a minute: a shorter period would only see gaps.
		namespace.startsWith("AWS/") && periodSeconds % 60 !== 0
			? [{ path: ["periodSeconds"], allowed: `a multiple of 60 for the namespace ${namespace}` }]
			: [],
	),
);

const declaredAlarm = section({
	name: alarmName.check(z.describe("Name of the alarm that is made.")),
	description: z.optional(printable("a description", 1_024)),
	metric,
	comparison: oneOf("above", "at-or-above", "below", "at-or-below"),
	threshold: z.number({ error: "a number" }),
	datapointsToAlarm: wholeNumber(1, 1_440).check(z.describe("Data points beyond the threshold that turn it red …")),
	evaluationPeriods: wholeNumber(1, 1_440).check(z.describe("… among this many.")),
	missingData: z
		._default(oneOf("missing", "notBreaching", "breaching", "ignore"), "notBreaching")
		.check(z.describe("What a missing data point counts as.")),
}).check(
	betweenKeys(({ datapointsToAlarm, evaluationPeriods, metric: { periodSeconds } }) => {
		const mostPeriods = Math.floor(86_400 / periodSeconds);
		if (evaluationPeriods > mostPeriods)
			return [
				{
					path: ["evaluationPeriods"],
					allowed: `at most ${mostPeriods}: with periodSeconds ${periodSeconds} that is one day, as long as CloudWatch looks back`,
				},
			];
		return datapointsToAlarm > evaluationPeriods
			? [{ path: ["datapointsToAlarm"], allowed: `at most evaluationPeriods (${evaluationPeriods})` }]
			: [];
	}),
);

const existingAlarm = section({
	existing: alarmName.check(z.describe("Name of an alarm that is already there; Sluice only listens to it.")),
});

const alarm = z.union([existingAlarm, declaredAlarm], {
	error: "either {existing: NAME} or an alarm with name, metric, comparison, threshold and so on",
});

/** An alarm that Sluice is to make. */
export type DeclaredAlarm = Readonly<z.output<typeof declaredAlarm>>;

type AlarmConfig = Readonly<z.output<typeof alarm>>;

/** Alarms of one service: at most 100, so that their states are read with one call. */
export const alarmsConfigSchema = z
	._default(list(alarm, "alarms", 0, 100), [])
	.check(z.describe("Alarms that roll the service back while a version is on trial or in its window."));

/** The name under which an alarm's events arrive, whoever made it. */
export const alarmNameOf = (alarm: AlarmConfig): string => ("existing" in alarm ? alarm.existing : alarm.name);
