import { fakeUserWorkload } from "../../../simulator/fakes/user-workload.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { userWorkloadContract } from "../../contracts/user-workload.contract.ts";
import { digestOf, makeStage } from "./stage.ts";

userWorkloadContract("fakeUserWorkload", async () => {
	const target = { ...contractDefinition().workload, inClusterService: "checkout" };
	const { world, caller, definition } = makeStage({}, { workload: target });
	world.host(definition, { imageDigest: digestOf("a"), replicas: 4, requestsPerSecond: 100, rulePriority: 500 });
	return {
		users: fakeUserWorkload(world, caller),
		workloads: fakeWorkloads(world, caller),
		target,
		binding: { targetGroupArn: "blue", usersGroupArn: null, apiVersion: "elbv2.k8s.aws/v1beta1" },
		makeStrangers: async () =>
			world.surroundings.change(objectKey(target, target.deployment), {
				selection: { selectsUsers: true, alsoSelects: ['Deployment "search"'] },
				inClusterFeeds: ["alb"],
				takenNames: [{ kind: "Service", name: "checkout-green" }],
			}),
		breakDown: async () => caller.silence(),
	};
});
