import { groupsThatMay } from "../../lib/domain/cluster-permissions.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import type { Deployment } from "../template/deployment.ts";
import { isAllowed, type Request } from "../template/permissions.ts";

/** Whoever reads or writes what is encrypted needs the key as well, and says so to KMS under their own name. */
const keyActionsOf = (operation: string): readonly string[] =>
	operation === "s3:PutObject"
		? ["kms:GenerateDataKey"]
		: operation.startsWith("s3:GetObject") || operation.startsWith("dynamodb:")
			? ["kms:Decrypt"]
			: [];

/** The table or bucket that a call concerns: what comes before an index or a key. */
const containerOf = (resource: string): string =>
	resource.startsWith("arn:aws:s3:::") ? (resource.split("/")[0] ?? resource) : resource.replace(/\/index\/.*$/, "");

/** Answers why a role may not do something, by the permissions of the template. */
export interface Authority {
	/** Null where the call is permitted. */
	denialOf(roleArn: string, call: RemoteCall): string | null;
	/** Whether a role may do something without conditions, as a service does on its behalf. */
	mayDo(roleArn: string, action: string, resource: string): boolean;
}

/** What a role may do changes never while a deployment runs, so answers are kept. */
export const authorityOf = (deployment: Deployment): Authority => {
	const known = new Map<string, boolean>();
	const isPermitted = (roleArn: string, request: Request): boolean => {
		const key = `${roleArn}\n${request.action}\n${request.resource}\n${JSON.stringify(request.conditions)}`;
		const before = known.get(key);
		if (before !== undefined) return before;
		const now = isAllowed(deployment.statements.get(roleArn) ?? [], request);
		known.set(key, now);
		return now;
	};
	const deniedAction = (roleArn: string, call: RemoteCall): string | null => {
		const { operation, resource, conditions = {} } = call;
		if (operation.startsWith("kubernetes:")) {
			const clusterName = resource.split("/").at(-1) ?? "";
			const [, verb = "", kind = ""] = operation.split(":");
			const isMember = (group: string) => deployment.clusterAccess.has(`${clusterName} ${roleArn} ${group}`);
			return groupsThatMay(verb, kind).some(isMember) ? null : operation;
		}
		const denied = (call.authorisedAs ?? [{ action: operation }]).find(
			(permission) => !isPermitted(roleArn, { resource, conditions, ...permission }),
		);
		if (denied !== undefined) return denied.action;
		const encryptionKey = deployment.encryptionKeys.get(containerOf(resource));
		if (encryptionKey === undefined) return null;
		const through = { "kms:ViaService": `${operation.split(":")[0]}.${deployment.region}.amazonaws.com` };
		return (
			keyActionsOf(operation).find(
				(action) => !isPermitted(roleArn, { action, resource: encryptionKey, conditions: through }),
			) ?? null
		);
	};
	return {
		denialOf: (roleArn, call) => {
			const action = deniedAction(roleArn, call);
			return action === null ? null : `${roleArn} is not authorized to perform ${action} on ${call.resource}.`;
		},
		mayDo: (roleArn, action, resource) => isPermitted(roleArn, { action, resource, conditions: {} }),
	};
};
