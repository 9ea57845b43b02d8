import { clusterRolesYaml } from "../../lib/domain/cluster-permissions.ts";
import type { Line } from "../command-line.ts";
import { readEnvironmentFile } from "../environment-file.ts";

/** Prints Roles and RoleBindings for every namespace that an environment's services live in. @returns the exit code. @throws InvalidEnvironmentFileError */
export const rbac = ({ flags }: Line): number => {
	const { services } = readEnvironmentFile(flags.environment ?? "production");
	const namespaces = Object.values(services).map(({ workload }) => workload.namespace);
	process.stdout.write(`${clusterRolesYaml(namespaces)}\n`);
	return 0;
};
