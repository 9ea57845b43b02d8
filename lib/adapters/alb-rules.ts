import {
	type Action,
	CreateRuleCommand,
	type CreateRuleCommandInput,
	DeleteRuleCommand,
	DescribeRulesCommand,
	DescribeTagsCommand,
	type ElasticLoadBalancingV2Client,
	ModifyRuleCommand,
	PriorityInUseException,
	type Rule,
	RuleNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvalidAwsCallError } from "../ports/errors.ts";
import { InvalidTrafficAccessError, TrafficUnavailableError } from "../ports/traffic-router.ts";
import { failureOf } from "./aws-failure.ts";

/** Largest page that DescribeRules answers. */
const pageSize = 400;
/** Ten pages are far more rules than a load balancer's quota allows. */
const maxPages = 10;

export interface ListedRule {
	readonly ruleArn: string;
	readonly priority: number;
	readonly rule: Rule;
}

/** The rule that stands at a priority. */
export const atPriority = (listed: readonly ListedRule[], priority: number): ListedRule | undefined =>
	listed.find((rule) => rule.priority === priority);

/** Listener rules as the API has them, with its errors in the words of the port TrafficRouter. */
export interface AlbRules {
	/** Every rule of a listener but the default one. */
	list(listenerArn: string): Promise<readonly ListedRule[]>;
	/** Every rule of a listener, its default action among them. */
	listWithDefault(listenerArn: string): Promise<readonly Rule[]>;
	/** A rule's tags; null when the rule is gone. */
	readTags(ruleArn: string): Promise<ReadonlyMap<string, string> | null>;
	/** The ARN of the new rule; null when its priority is in use. */
	create(input: CreateRuleCommandInput): Promise<string | null>;
	/** Replaces a rule's whole action list; false when the rule is gone. */
	modify(listenerArn: string, ruleArn: string, actions: Action[]): Promise<boolean>;
	/** False when the rule was gone already. */
	remove(listenerArn: string, ruleArn: string): Promise<boolean>;
}

/** Answers that are part of the protocol and that a method of AlbRules explains itself. */
const isExpected = (error: unknown): boolean =>
	error instanceof RuleNotFoundException || error instanceof PriorityInUseException;

/** A request's answer, with its failure in the words of the port TrafficRouter. */
export const translated = async <T>(call: string, request: Promise<T>): Promise<T> => {
	try {
		return await request;
	} catch (error) {
		if (isExpected(error)) throw error;
		const failure = failureOf(call, error, TrafficUnavailableError);
		throw failure instanceof InvalidAwsCallError
			? new InvalidTrafficAccessError(failure.message, { cause: error })
			: failure;
	}
};

const describeRules = async (client: ElasticLoadBalancingV2Client, listenerArn: string): Promise<readonly Rule[]> => {
	const described: Rule[] = [];
	let marker: string | undefined;
	for (let page = 0; page < maxPages; page++) {
		const command = new DescribeRulesCommand({ ListenerArn: listenerArn, PageSize: pageSize, Marker: marker });
		const answer = await translated("DescribeRules", client.send(command));
		described.push(...(answer.Rules ?? []));
		marker = answer.NextMarker;
		if (marker === undefined || marker === "") return described;
	}
	throw new TrafficUnavailableError(
		`Listener ${listenerArn} has too many rules: at most ${maxPages * pageSize} are read.`,
	);
};

/** Rules with a priority. */
const listedOf = (rules: readonly Rule[]): readonly ListedRule[] =>
	rules.flatMap((rule) =>
		rule.RuleArn === undefined || rule.IsDefault === true
			? []
			: [{ ruleArn: rule.RuleArn, priority: Number(rule.Priority), rule }],
	);

/**
 * Whether a write to one rule found it. A policy by tag cannot match a rule that no longer exists, so AWS may answer
 * AccessDenied where it would have answered RuleNotFound: on a refusal, the listener's own list tells the two apart.
 */
const foundBy = async (
	client: ElasticLoadBalancingV2Client,
	listenerArn: string,
	ruleArn: string,
	write: Promise<unknown>,
) => {
	try {
		await write;
		return true;
	} catch (error) {
		if (error instanceof RuleNotFoundException) return false;
		if (!(error instanceof InvalidTrafficAccessError)) throw error;
		const rules = await describeRules(client, listenerArn);
		if (rules.some(({ RuleArn }) => RuleArn === ruleArn)) throw error;
		return false;
	}
};

/** The rules of Application Load Balancers through the ELBv2 API. */
export const albRules = (client: ElasticLoadBalancingV2Client): AlbRules => ({
	list: async (listenerArn) => listedOf(await describeRules(client, listenerArn)),
	listWithDefault: (listenerArn) => describeRules(client, listenerArn),

	readTags: async (ruleArn) => {
		try {
			const command = new DescribeTagsCommand({ ResourceArns: [ruleArn] });
			const answer = await translated("DescribeTags", client.send(command));
			const tags = answer.TagDescriptions?.[0]?.Tags ?? [];
			return new Map(tags.map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
		} catch (error) {
			if (error instanceof RuleNotFoundException) return null;
			throw error;
		}
	},

	create: async (input) => {
		try {
			const answer = await translated("CreateRule", client.send(new CreateRuleCommand(input)));
			return answer.Rules?.[0]?.RuleArn ?? null;
		} catch (error) {
			if (error instanceof PriorityInUseException) return null;
			throw error;
		}
	},

	modify: (listenerArn, ruleArn, actions) => {
		const command = new ModifyRuleCommand({ RuleArn: ruleArn, Actions: actions });
		return foundBy(client, listenerArn, ruleArn, translated("ModifyRule", client.send(command)));
	},

	remove: (listenerArn, ruleArn) => {
		const command = new DeleteRuleCommand({ RuleArn: ruleArn });
		return foundBy(client, listenerArn, ruleArn, translated("DeleteRule", client.send(command)));
	},
});
