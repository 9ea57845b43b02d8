import type { DeployedFunction } from "../kernel/lambda-service.ts";
import type { Statement } from "./permissions.ts";
import type { Fields } from "./template-error.ts";

/** One target of a rule, with its intrinsic functions carried out. */
export interface DeployedTarget {
	readonly arn: string;
	readonly id: string;
	readonly roleArn: string | null;
	readonly properties: Fields;
}

export interface DeployedRule {
	readonly name: string;
	readonly arn: string;
	readonly busName: string;
	readonly pattern: unknown;
	/** `rate(1 minute)`; null for a rule with a pattern. */
	readonly scheduleExpression: string | null;
	readonly targets: readonly DeployedTarget[];
}

export interface DeployedMachine {
	readonly name: string;
	readonly arn: string;
	readonly roleArn: string;
	/** The definition with its substitutions filled in. */
	readonly definition: unknown;
}

export interface DeployedAlarm {
	readonly arn: string;
	readonly properties: Fields;
}

/** A `Custom::SluiceService`: what CloudFormation hands to the function behind its token. */
export interface Registration {
	readonly stackName: string;
	readonly logicalId: string;
	readonly serviceToken: string;
	readonly properties: Fields;
}

/**
 * Everything of the synthesized templates that has an effect at run time, read once and never changed:
 * the simulator knows nothing of Sluice's wiring but what stands here (promise 8).
 */
export interface Deployment {
	readonly region: string;
	readonly account: string;
	readonly functions: readonly DeployedFunction[];
	readonly machines: readonly DeployedMachine[];
	readonly rules: readonly DeployedRule[];
	readonly alarms: readonly DeployedAlarm[];
	readonly registrations: readonly Registration[];
	readonly tableNames: readonly string[];
	readonly bucketNames: readonly string[];
	readonly busNames: readonly string[];
	/** Names by ARN. */
	readonly queues: ReadonlyMap<string, string>;
	readonly topics: ReadonlyMap<string, string>;
	/** What each role may do. */
	readonly statements: ReadonlyMap<string, readonly Statement[]>;
	/** Rules that may invoke a function, as `functionArn ruleArn`. */
	readonly invokePermissions: ReadonlySet<string>;
	/** Roles with access to a cluster, as `clusterName roleArn group`. */
	readonly clusterAccess: ReadonlySet<string>;
	/** The key that a table or a bucket is encrypted with, by the ARN of the table or bucket. */
	readonly encryptionKeys: ReadonlyMap<string, string>;
}
