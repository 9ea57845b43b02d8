import { describe, expect, it } from "vitest";
import { serviceDefinitionSchema } from "../../lib/domain/service-definition-schema.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";

const replaced = (whole: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown => {
	const fields = Object.entries(whole as object).map(([name, inner]): [string, unknown] => [
		name,
		name !== key ? inner : rest.length === 0 ? value : replaced(inner, rest, value),
	]);
	return Array.isArray(whole) ? fields.map(([, entry]) => entry) : Object.fromEntries(fields);
};

/** What is said of a valid definition after one field was replaced. */
const messagesAfter = (path: string, value: unknown): readonly string[] => {
	const parsed = serviceDefinitionSchema.safeParse(replaced(contractDefinition(), path.split("."), value));
	return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
};

describe("numbers", () => {
	it.each([
		["steps.0.weightPercent", 1, 100],
		["steps.0.minBakeSeconds", 0, 86_400],
		["steps.0.maxBakeSeconds", 1, 86_400],
		["steps.0.approval.expiresSeconds", 1, 2_592_000],
		["workload.port", 1, 65_535],
		["route.basePriority", 2, 50_000],
		["route.trialPriority", 1, 49_999],
		["guardrails.windowSeconds", 10, 3_600],
		["guardrails.minRequests", 1, 1_000_000],
		["measurements.periodSeconds", 10, 300],
		["measurements.slowerThanMs", 1, 60_000],
		["progressDeadlineSeconds", 1, 86_400],
		["windowSeconds", 0, 86_400],
		["drainSeconds", 300, 3_600],
		["warmupSeconds", 0, 3_600],
	])("given %s at its bounds %i and %i, takes both and nothing beyond or between two", (path, least, most) => {
		const refusal = `${path}: a whole number from ${least} to ${most}`;

		const refusals = [least - 1, least, least + 0.5, most, most + 1].map((value) =>
			messagesAfter(path, value).includes(refusal),
		);

		expect(refusals).toEqual([true, false, true, false, true]);
	});

	it.each(["guardrails.maxErrorPercent", "guardrails.maxSlowPercent"])(
		"given %s at its bounds, takes both and fractions between them",
		(path) => {
			const refusals = [-0.1, 0, 0.5, 100, 100.1].map((value) => messagesAfter(path, value));

			const refused = [`${path}: a number from 0 to 100`];
			expect(refusals).toEqual([refused, [], [], [], refused]);
		},
	);
});

interface TextField {
	readonly path: string;
	readonly allowed: string;
	readonly accepted: readonly string[];
	readonly refused: readonly string[];
}

const label = {
	allowed: "1 to 63 lower-case letters, digits and -, no - at either end",
	accepted: ["a", "0", "a-0", "shop"],
	refused: ["", "-a", "a-", "A", "aB", "a.b", "a b", " a", "a\n", "a".repeat(64)],
};

const identity = {
	accepted: ["a", "a-0", "checkout"],
	refused: ["", "0a", "-a", "A", "aB", "a_b", "a b", " a", "a\n"],
};

const arnOf = (kind: string, path = "app/shop/1") =>
	`arn:aws:elasticloadbalancing:eu-central-1:111122223333:${kind}/${path}`;

const arn = (kind: "listener" | "targetgroup", other: string) => ({
	allowed: `the ARN of a ${kind}`,
	accepted: [
		arnOf(kind),
		arnOf(kind, "1"),
		arnOf(kind).replace("aws", "aws-us-gov"),
		`arn:aws:elasticloadbalancing:::${kind}/1`,
	],
	refused: [
		"",
		arnOf(other),
		arnOf(kind, ""),
		` ${arnOf(kind)}`,
		`${arnOf(kind)}\n`,
		arnOf(kind).replace("aws", "AWS"),
		arnOf(kind).replace("aws", ""),
		arnOf(kind).replace("eu-central-1", "eu:central"),
		arnOf(kind).replace("111122223333", "1111:2222"),
		arnOf(kind, "a".repeat(512)),
	],
});

const texts: readonly TextField[] = [
	{
		path: "service",
		allowed: "1 to 40 lower-case letters, digits and -, letter first",
		accepted: [...identity.accepted, "a".repeat(40)],
		refused: [...identity.refused, "a".repeat(41)],
	},
	{
		path: "environment",
		allowed: "1 to 20 lower-case letters, digits and -, letter first",
		accepted: [...identity.accepted, "a".repeat(20)],
		refused: [...identity.refused, "a".repeat(21)],
	},
	{
		path: "repositoryName",
		allowed: "an ECR repository's name",
		accepted: ["a", "shop/checkout", "shop/check-out", "a__b", "a.b9/c--d", "a".repeat(256)],
		refused: ["", "Shop", "shop/Checkout", "/a", "a/", "-a", "a-", "a b", " a", "a\n", "a".repeat(257)],
	},
	{
		path: "tagPattern",
		allowed: "a regular expression of 1 to 100 characters",
		accepted: [".", "^v[0-9]+$", "a".repeat(100)],
		refused: ["", "a".repeat(101)],
	},
	{
		path: "tagPattern",
		allowed: "a regular expression that JavaScript understands",
		accepted: ["()"],
		refused: ["(", "[", "*"],
	},
	{
		path: "workload.clusterName",
		allowed: "an EKS cluster name",
		accepted: ["a", "Z", "0", "shop_Production-1", "a".repeat(100)],
		refused: ["", "-a", "_a", "a.b", "a b", " a", "a\n", "a".repeat(101)],
	},
	{ path: "workload.namespace", ...label, accepted: [...label.accepted, "a".repeat(63)] },
	{ path: "workload.container", ...label, accepted: [...label.accepted, "a".repeat(63)] },
	{ path: "workload.inClusterService", ...label, accepted: [...label.accepted, "a".repeat(63)] },
	{ path: "workload.deployment", ...label, accepted: [...label.accepted, "a".repeat(57)] },
	{
		path: "workload.deployment",
		allowed: "57 characters at most, for slots append -green",
		accepted: ["a".repeat(57)],
		refused: ["a".repeat(58)],
	},
	{
		path: "workload.repositoryUri",
		allowed: "a repository's URI without tag or digest",
		accepted: ["r.io/a", "localhost:5000/a", "r-1.io/shop/check-out", "r.io/a__b/c.9", `r.io/${"a".repeat(507)}`],
		refused: [
			"",
			"r.io",
			"r.io/",
			"/a",
			"R.io/a",
			"r.io/A",
			"r.io/a/",
			"r.io/-a",
			"r.io/a:v1",
			"r.io/a@sha256:b",
			"r.io:/a",
			"r.io:port/a",
			"r io/a",
			" r.io/a",
			"r.io/a\n",
			`r.io/${"a".repeat(508)}`,
		],
	},
	{ path: "route.listenerArn", ...arn("listener", "targetgroup") },
	{ path: "route.targetGroupArns.blue", ...arn("targetgroup", "listener") },
	{ path: "route.targetGroupArns.green", ...arn("targetgroup", "listener") },
	{
		path: "steps.0.approval.approvers.0",
		allowed: "an identity without spaces",
		accepted: ["!", "~", "ana@example.com", "a".repeat(256)],
		refused: ["", "a b", " a", "a ", "ä", "a".repeat(257)],
	},
	{
		path: "measurements.namespace",
		allowed: "a CloudWatch namespace",
		accepted: ["A", "AWS/ApplicationELB", "a.b_c/d#e:f-9", "a".repeat(255)],
		refused: ["", "a b", " a", "a\n", "ä", "a".repeat(256)],
	},
	{
		path: "alarmNames.0",
		allowed: "an alarm's name",
		accepted: ["a", "größer als p95", "a".repeat(255)],
		refused: ["", "a\n", "\u0000a", "a\ud800", "a".repeat(256)],
	},
];

describe("texts", () => {
	it.each(texts)(
		"given $path as $allowed, takes what is and refuses what is not",
		({ path, allowed, accepted, refused }) => {
			const takes = (value: string): boolean => !messagesAfter(path, value).includes(`${path}: ${allowed}`);

			expect(accepted.filter((value) => messagesAfter(path, value).length > 0)).toEqual([]);
			expect(refused.filter(takes)).toEqual([]);
		},
	);
});

describe("words", () => {
	it.each([
		["steps.0.judgedBy", ["comparison", "guardrails"]],
		["measurements.kind", ["application-load-balancer", "custom-metrics"]],
		["onUndecided", ["pause", "roll-back", "promote"]],
		["onNewPush", ["close-window", "wait", "supersede"]],
	])("given %s, takes %j and nothing else", (path, words) => {
		const messages = [...words, "", "other"].map((word) => messagesAfter(path, word));

		const refused = [`${path}: one of ${words.join(", ")}`];
		expect(messages).toEqual([...words.map(() => []), refused, refused]);
	});
});

describe("lists", () => {
	const many = (length: number): readonly string[] => Array.from({ length }, (_, index) => `name-${index}`);

	it.each([
		["steps.0.approval.approvers", 50, "identities"],
		["alarmNames", 100, "alarm names"],
	])("given %s, takes none and up to %i %s", (path, most, what) => {
		const messages = [0, most, most + 1].map((length) => messagesAfter(path, many(length)));

		expect(messages).toEqual([[], [], [`${path}: a list of at most ${most} ${what}`]]);
	});
});

describe("what must hold between fields", () => {
	const steps = (...weights: readonly number[]) =>
		weights.map((weightPercent) => ({ ...contractDefinition().steps[1], weightPercent }));
	const rising = "steps: steps whose weights rise to 100";

	it.each([
		["one step of everything", "steps", steps(100), []],
		["weights that rise to everything", "steps", steps(1, 99, 100), []],
		["weights that stop short of everything", "steps", steps(5, 99), [rising]],
		["a weight that comes twice", "steps", steps(5, 5, 100), [rising]],
		["a weight that falls before everything", "steps", steps(50, 25, 100), [rising]],
		["everything that comes twice", "steps", steps(100, 100), [rising]],
		["twenty steps", "steps", steps(...Array.from({ length: 20 }, (_, index) => 81 + index)), []],
		[
			"twenty-one steps",
			"steps",
			steps(...Array.from({ length: 21 }, (_, index) => 80 + index)),
			["steps: a list of 1 to 20 steps"],
		],
		["a bake that ends when it may", "steps.0.minBakeSeconds", 600, []],
		[
			"a bake that ends a second before it may",
			"steps.0.minBakeSeconds",
			601,
			["steps.0.maxBakeSeconds: at least minBakeSeconds"],
		],
		[
			"a trial rule two before the base rule",
			"route.trialPriority",
			99,
			["route.trialPriority: one below basePriority"],
		],
		["a trial rule beside the base rule", "route.trialPriority", 101, ["route.trialPriority: one below basePriority"]],
		["a step that nobody is asked about", "steps.0.approval", null, []],
		["no in-cluster Service", "workload.inClusterService", null, []],
	])("given %s, answers so", (_, path, value, messages) => {
		expect(messagesAfter(path, value)).toEqual(messages);
	});

	it.each([
		["steps.0.approval", "approvers, needed, onUnknownPusher, expiresSeconds"],
		[
			"workload",
			"clusterName, namespace, deployment, container, repositoryUri, inClusterService, liveConfigMaps, port",
		],
		["route.targetGroupArns", "blue, green"],
		[
			"guardrails",
			"maxErrorPercent, maxSlowPercent, windowSeconds, minRequests, minAvailabilityPercent, unhealthySeconds",
		],
		["measurements", "kind, namespace, periodSeconds, slowerThanMs"],
	])("given text in place of %s, says which keys belong there", (path, keys) => {
		expect(messagesAfter(path, "text")).toEqual([`${path}: a section with the keys ${keys}`]);
	});
});
