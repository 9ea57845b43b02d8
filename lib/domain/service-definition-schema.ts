import * as z from "zod/mini";
import { fraction, list, oneOf, section, text, wholeNumber } from "./configuration/bounded-field.ts";
import { previewSchema } from "./configuration/preview-config.ts";
import { gatesSchema } from "./gates-schema.ts";

const dnsLabel = text(
	"1 to 63 lower-case letters, digits and -, no - at either end",
	/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
	63,
);

// Whose account and region it is was judged when the configuration was; here only the kind of thing is.
const loadBalancingArn = (kind: "listener" | "targetgroup") =>
	text(`the ARN of a ${kind}`, new RegExp(`^arn:[a-z-]+:elasticloadbalancing:[^:]*:[^:]*:${kind}/.+$`), 512);

const regularExpression = text("a regular expression of 1 to 100 characters", /./, 100).check(
	z.refine((pattern) => {
		try {
			return RegExp(pattern) instanceof RegExp;
		} catch {
			return false;
		}
	}, "a regular expression that JavaScript understands"),
);

const approval = section({
	approvers: z.readonly(list(text("an identity without spaces", /^[!-~]+$/, 256), "identities", 0, 50)),
	needed: z.exactOptional(wholeNumber(1, 5)),
	onUnknownPusher: z.exactOptional(oneOf("accept")),
	expiresSeconds: wholeNumber(1, 2_592_000),
});

const step = section({
	weightPercent: wholeNumber(1, 100),
	judgedBy: oneOf("comparison", "guardrails"),
	minBakeSeconds: wholeNumber(0, 86_400),
	maxBakeSeconds: wholeNumber(1, 86_400),
	approval: z.nullable(approval),
}).check(
	z.refine(({ minBakeSeconds, maxBakeSeconds }) => minBakeSeconds <= maxBakeSeconds, {
		path: ["maxBakeSeconds"],
		error: "at least minBakeSeconds",
	}),
);

// The window begins after the last step without another change of weight, so that step must be everything.
const steps = list(step, "steps", 1, 20).check(
	z.refine(
		(entries) =>
			entries.every(({ weightPercent }, index) => weightPercent > (entries[index - 1]?.weightPercent ?? 0)) &&
			entries.at(-1)?.weightPercent === 100,
		"steps whose weights rise to 100",
	),
);

const clusterName = text("an EKS cluster name", /^[A-Za-z0-9][A-Za-z0-9_-]*$/, 100);

const dnsSubdomain = text(
	"1 to 253 lower-case letters, digits, - and ., letter or digit at both ends",
	/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
	253,
);

const workload = section({
	clusterName,
	namespace: dnsLabel,
	deployment: dnsLabel.check(z.maxLength(57, "57 characters at most, for slots append -green")),
	container: dnsLabel,
	repositoryUri: text(
		"a repository's URI without tag or digest",
		/^[a-z0-9.-]+(?::[0-9]+)?\/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/,
		512,
	),
	inClusterService: z.nullable(dnsLabel),
	liveConfigMaps: z.exactOptional(z.readonly(list(dnsSubdomain, "names of ConfigMaps", 0, 50))),
	port: wholeNumber(1, 65_535),
});

const loadBalancerRoute = section({
	kind: z.exactOptional(z.literal("load-balancer")),
	listenerArn: loadBalancingArn("listener"),
	basePriority: wholeNumber(2, 50_000),
	trialPriority: wholeNumber(1, 49_999),
	targetGroupArns: section({ blue: loadBalancingArn("targetgroup"), green: loadBalancingArn("targetgroup") }),
	preview: z.optional(previewSchema),
}).check(
	z.refine(({ basePriority, trialPriority }) => trialPriority === basePriority - 1, {
		path: ["trialPriority"],
		error: "one below basePriority",
	}),
	z.refine(({ basePriority, preview }) => preview === undefined || basePriority > 2, {
		path: ["basePriority"],
		error: "3 at least, for the rule for testers stands two below it",
	}),
);

const gatewayRoute = section({
	kind: z.literal("gateway-api"),
	clusterName,
	namespace: dnsLabel,
	httpRoute: dnsSubdomain,
	slotServices: section({ blue: dnsLabel, green: dnsLabel }),
});

const route = z.discriminatedUnion("kind", [loadBalancerRoute, gatewayRoute], {
	error: "a section of the kind load-balancer, which may go unsaid, or gateway-api",
});

/**
 * Reads a ServiceDefinition that comes from outside: exactly its fields, within the bounds that the control plane counts on.
 * Rollouts pin definitions for days: a field that is added later must be optional here, or older ones become unreadable.
 */
export const serviceDefinitionSchema = section({
	service: text("1 to 40 lower-case letters, digits and -, letter first", /^[a-z][a-z0-9-]*$/, 40),
	environment: text("1 to 20 lower-case letters, digits and -, letter first", /^[a-z][a-z0-9-]*$/, 20),
	repositoryName: text("an ECR repository's name", /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, 256),
	tagPattern: regularExpression,
	workload,
	route,
	steps: z.readonly(steps),
	guardrails: section({
		maxErrorPercent: fraction(0, 100),
		maxSlowPercent: fraction(0, 100),
		windowSeconds: wholeNumber(10, 3_600),
		minRequests: wholeNumber(1, 1_000_000),
		minAvailabilityPercent: z.optional(fraction(0, 100)),
		unhealthySeconds: z.optional(wholeNumber(10, 3_600)),
	}),
	measurements: section({
		kind: oneOf("application-load-balancer", "custom-metrics"),
		namespace: text("a CloudWatch namespace", /^[A-Za-z0-9._/#:-]+$/, 255),
		periodSeconds: wholeNumber(10, 300),
		slowerThanMs: wholeNumber(1, 60_000),
	}),
	alarmNames: z.readonly(list(text("an alarm's name", /^[^\p{Cc}\p{Cs}]+$/u, 255), "alarm names", 0, 100)),
	onUndecided: oneOf("pause", "roll-back", "promote"),
	onNewPush: oneOf("close-window", "wait", "supersede"),
	progressDeadlineSeconds: wholeNumber(1, 86_400),
	windowSeconds: wholeNumber(0, 86_400),
	drainSeconds: wholeNumber(300, 3_600),
	warmupSeconds: wholeNumber(0, 3_600),
	gates: z.optional(gatesSchema),
	maxConcurrentTrials: z.optional(wholeNumber(1, 1_000)),
	redBefore: z.optional(oneOf("proceed", "hold")),
});
