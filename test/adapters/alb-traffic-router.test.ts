import { describe, expect, it } from "vitest";
import {
	InvalidTrafficAccessError,
	TrafficUnavailableError,
	TrialGoneConflictError,
} from "../../lib/ports/traffic-router.ts";
import { trafficRouterContract } from "../contracts/traffic-router.contract.ts";
import { actionOf, blue, contractSetup, elsewhere, forward, green, paths, route, setup } from "./wire/alb-stage.ts";
import { type QueryStructure, queryRefusalAnswer } from "./wire/query-product.ts";

trafficRouterContract("albTrafficRouter", contractSetup);

describe("albTrafficRouter, opening", () => {
	it("given a base rule, sends one CreateRule with both groups, no stickiness and both tags", async () => {
		const { product, router, sent } = setup();

		await router.open(route, "checkout-7", "green");

		expect(sent("CreateRule")).toHaveLength(1);
		expect(product.at(route.trialPriority)).toMatchObject({
			priority: "100",
			conditions: [paths],
			actions: forward({ [blue]: "0", [green]: "100" }),
			tags: [
				{ Key: "sluice:rollout", Value: "checkout-7" },
				{ Key: "sluice:environment", Value: "production" },
			],
		});
	});

	it("given conditions of every kind, copies each in the form that CreateRule takes", async () => {
		const conditions: QueryStructure[] = [
			paths,
			{ Field: "host-header", HostHeaderConfig: { Values: ["shop.example", "*.shop.example"] } },
			{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["a & b"] } },
			{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "v", Value: "2" }] } },
			{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["GET"] } },
			{ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } },
		];
		const { product, router } = setup({ conditions });

		await router.open(route, "checkout-7", "blue");

		expect(product.at(route.trialPriority)?.conditions).toEqual(conditions);
	});

	it("given a condition in the legacy form only, opens a rule that matches the same", async () => {
		const { product, router } = setup({ conditions: [{ Field: "path-pattern", Values: ["/old/*"] }] });

		await router.open(route, "checkout-7", "blue");

		expect(product.at(route.trialPriority)?.conditions).toEqual([
			{ Field: "path-pattern", PathPatternConfig: { Values: ["/old/*"] } },
		]);
	});

	it("given a base rule that rewrites requests, rewrites them on trial as well", async () => {
		const transforms = [
			{ Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex: "^/checkout/(.*)$", Replace: "/$1" }] } },
		];
		const { product, router } = setup({ transforms });

		await router.open(route, "checkout-7", "blue");

		expect(product.at(route.trialPriority)?.transforms).toEqual(transforms);
	});

	it("given a rule on the second page, finds it", async () => {
		const { product, router, sent } = setup();
		product.pageLimit = 1;
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		const reading = await router.read(route);

		expect(reading.trial?.ruleArn).toBe(trialRuleArn);
		expect(new URLSearchParams(sent("DescribeRules")[0]?.body).get("PageSize")).toBe("400");
	});

	it("given an attempt whose answer is lost between our look and our write, adopts what it made", async () => {
		const { product, router, wire } = setup();
		await router.open(route, "checkout-7", "blue");
		const made = product.at(route.trialPriority)?.ruleArn ?? "";
		const base = product.at(route.basePriority);
		const stale = `<DescribeRulesResponse><DescribeRulesResult><Rules><member><RuleArn>${base?.ruleArn}</RuleArn><Priority>101</Priority><IsDefault>false</IsDefault><Actions><member><Type>forward</Type><TargetGroupArn>${blue}</TargetGroupArn></member></Actions></member></Rules></DescribeRulesResult></DescribeRulesResponse>`;
		wire.answerNext({ status: 200, headers: { "content-type": "text/xml" }, body: stale });

		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		expect(trialRuleArn).toBe(made);
		expect(product.rules.size).toBe(2);
	});

	it("given a base rule that authenticates first, refuses: the copy would let everybody in", async () => {
		const actions = [
			{ Type: "authenticate-oidc", Order: "1" },
			{ Type: "forward", Order: "2", TargetGroupArn: blue },
		];
		const { router } = setup({ actions });

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow("does something else");
	});
});

describe("albTrafficRouter, reading", () => {
	it.each([
		["a single group without weights", [{ Type: "forward", TargetGroupArn: green }], { blue: 0, green: 100 }],
		["weights that do not add up to a hundred", forward({ [blue]: "3", [green]: "1" }), { blue: 75, green: 25 }],
		["weights that are all zero", forward({ [blue]: "0", [green]: "0" }), null],
		["a third group beside the slots", forward({ [blue]: "99", [elsewhere]: "1" }), null],
		["a redirect", [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_302" } }], null],
	])("given %s, says what share each slot gets", async (_, actions, expected) => {
		const { router } = setup({ actions });

		expect((await router.read(route)).base).toEqual(expected);
	});

	it("given no trial rule, asks for no tags: a rollback reads until it is gone", async () => {
		const { router, sent } = setup();

		await router.read(route);

		expect(sent("DescribeTags")).toHaveLength(0);
	});
});

describe("albTrafficRouter, writing", () => {
	it("given a shift, replaces the whole action list with both groups and no stickiness", async () => {
		const { product, router, sent } = setup();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });

		expect(product.at(route.trialPriority)?.actions).toEqual(forward({ [blue]: "95", [green]: "5" }));
		expect(sent("ModifyRule")).toHaveLength(1);
	});

	it("given the rule's name, abandons with a single call", async () => {
		const { router, wire } = setup();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		const before = wire.requests.length;

		await router.abandon(trialRuleArn);

		expect(wire.requests.slice(before).map(actionOf)).toEqual(["DeleteRule"]);
	});

	it("given a policy by tag, which denies writes to a rule that is gone, still knows that it is gone", async () => {
		const { product, router } = setup();
		product.deniesWritesToGoneRules = true;
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.abandon(trialRuleArn);

		await expect(router.abandon(trialRuleArn)).resolves.toBeUndefined();
		await expect(router.shift(route, trialRuleArn, { blue: 0, green: 100 })).rejects.toThrow(TrialGoneConflictError);
	});
});

describe("albTrafficRouter, failing", () => {
	it("given a missing permission, says so and never that the router is silent", async () => {
		const { router, wire } = setup();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		wire.answerNext(queryRefusalAnswer("AccessDenied", "User is not authorized to perform this action", 403));

		const failure = await router.abandon(trialRuleArn).catch((error: unknown) => error);

		expect(failure).toBeInstanceOf(InvalidTrafficAccessError);
		expect(failure).toMatchObject({ name: "InvalidTrafficAccessError", cause: { name: "AccessDenied" } });
	});

	it.each([
		["throttling", queryRefusalAnswer("Throttling", "Rate exceeded", 400)],
		["a server error", queryRefusalAnswer("InternalFailure", "We are sorry", 500)],
		["an unavailable service", queryRefusalAnswer("ServiceUnavailable", "Try again", 503)],
		["an answer that is no XML", { status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad gateway" }],
	])("given %s, says unavailable and keeps the cause", async (_, answer) => {
		const { router, wire } = setup();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		wire.answerNext(answer);

		const failure = await router.abandon(trialRuleArn).catch((error: unknown) => error);

		expect(failure).toBeInstanceOf(TrafficUnavailableError);
		expect((failure as Error).cause).toBeInstanceOf(Error);
	});

	it("given an endless list of rules, gives up", async () => {
		const { product, router } = setup();
		product.pageLimit = 1;
		for (let priority = 1; priority < 20; priority++)
			product.place({ priority: String(priority), conditions: [paths], actions: forward({ [elsewhere]: "1" }) });

		await expect(router.read(route)).rejects.toThrow(TrafficUnavailableError);
	});
});
