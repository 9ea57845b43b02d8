import type { GatewayRoute } from "./service-definition.ts";

/** A trial on an HTTPRoute: which route, and the epoch that opening it left there. No two openings have the same. */
export interface GatewayTrial {
	readonly route: GatewayRoute;
	readonly epoch: number;
}

const prefix = "gateway-api/";

/** What the record calls a trial on an HTTPRoute: enough to end it without any definition. */
export const gatewayTrialName = ({ route, epoch }: GatewayTrial): string => {
	const { clusterName, namespace, httpRoute, slotServices } = route;
	return prefix + [clusterName, namespace, httpRoute, slotServices.blue, slotServices.green, epoch].join("/");
};

/** The trial that a name stands for; null for a name that some other kind of router has given. */
export const parseGatewayTrial = (name: string): GatewayTrial | null => {
	if (!name.startsWith(prefix)) return null;
	const [clusterName, namespace, httpRoute, blue, green, epoch, ...rest] = name.slice(prefix.length).split("/");
	if (!clusterName || !namespace || !httpRoute || !blue || !green || !/^\d{1,15}$/.test(epoch ?? "") || rest.length > 0)
		return null;
	return {
		route: { kind: "gateway-api", clusterName, namespace, httpRoute, slotServices: { blue, green } },
		epoch: Number(epoch),
	};
};
