import { describe, expect, it } from "vitest";
import { gatewayTrialName, parseGatewayTrial } from "../../lib/domain/gateway-trial.ts";
import { gatewayRoute } from "../contracts/contract-definition.ts";

describe("the name of a trial on an HTTPRoute", () => {
	it("given a route and an epoch, says both again when read", () => {
		const trial = { route: gatewayRoute({ httpRoute: "checkout.eu", clusterName: "Shop_1" }), epoch: 1_234 };

		expect(parseGatewayTrial(gatewayTrialName(trial))).toEqual(trial);
	});

	it.each([
		["the ARN of a listener rule", "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener-rule/app/a/b/c/d"],
		["a part too few", "gateway-api/shop/shop/checkout/checkout-blue/7"],
		["a part too many", "gateway-api/shop/shop/checkout/checkout-blue/checkout-green/7/8"],
		["an empty part", "gateway-api/shop//checkout/checkout-blue/checkout-green/7"],
		["another kind of name of the same length", "gateway-xyz/shop/shop/checkout/checkout-blue/checkout-green/7"],
		["an epoch that begins otherwise", "gateway-api/shop/shop/checkout/checkout-blue/checkout-green/x7"],
		["an epoch that ends otherwise", "gateway-api/shop/shop/checkout/checkout-blue/checkout-green/7x"],
		["an epoch that is no number", "gateway-api/shop/shop/checkout/checkout-blue/checkout-green/x"],
	])("given %s, says that no gateway gave it", (_, name) => {
		expect(parseGatewayTrial(name)).toBeNull();
	});
});
