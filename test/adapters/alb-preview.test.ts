import { describe, expect, it } from "vitest";
import { trafficRouterPreviewContract } from "../contracts/traffic-router-preview.ts";
import { blue, contractSetup, elsewhere, forward, green, paths, route, setup } from "./wire/alb-stage.ts";

const previewed = { ...route, preview: { header: { name: "X-Preview", value: "checkout" } } };

trafficRouterPreviewContract("albTrafficRouter", contractSetup);

describe("albTrafficRouter, opening for testers", () => {
	it("given a preview, makes a second rule above the trial rule, with the base's conditions and the header", async () => {
		const { product, router, sent } = setup();

		await router.open(previewed, "checkout-7", "blue");

		expect(sent("CreateRule")).toHaveLength(2);
		expect(product.at(route.basePriority - 2)).toMatchObject({
			conditions: [
				paths,
				{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Preview", Values: ["checkout"] } },
			],
			actions: forward({ [blue]: "100", [green]: "0" }),
			tags: [
				{ Key: "sluice:rollout", Value: "checkout-7" },
				{ Key: "sluice:environment", Value: "production" },
			],
		});
	});

	it("given a base rule without room for one more condition value, refuses by name and makes neither", async () => {
		const hosts = { Field: "host-header", HostHeaderConfig: { Values: ["a.example", "b.example", "c.example"] } };
		const { router, sent } = setup({ conditions: [paths, hosts] });

		await expect(router.open(previewed, "checkout-7", "blue")).rejects.toThrow(
			/has 5 condition values: allowed are 4 beside a preview/,
		);

		expect(sent("CreateRule")).toHaveLength(0);
	});

	it("given another rule where the one for testers would stand, refuses and makes neither", async () => {
		const { product, router, sent } = setup();
		const priority = String(route.basePriority - 2);
		product.place({ priority, conditions: [paths], actions: forward({ [elsewhere]: "1" }) });

		await expect(router.open(previewed, "checkout-7", "blue")).rejects.toThrow("a rule that is not ours");

		expect(sent("CreateRule")).toHaveLength(0);
		expect((await router.read(previewed)).preview).toBeUndefined();
	});
});
