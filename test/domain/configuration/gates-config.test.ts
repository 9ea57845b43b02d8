import { describe, expect, it } from "vitest";
import { compileService } from "../../../lib/domain/configuration/compile-service.ts";
import { parseEnvironmentConfig } from "../../../lib/domain/configuration/environment-config.ts";
import { serviceDefinitionSchema } from "../../../lib/domain/service-definition-schema.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { environmentFile, serviceFile, targetGroupArns } from "./environment-file.ts";
import { problemsOf } from "./problems-of.ts";

type Section = Readonly<Record<string, unknown>>;

const working = { days: ["mon", "fri"], from: "09:00", to: "16:00", timeZone: "Europe/Berlin" };
const night = { days: ["sat"], from: "22:00", to: "02:00", timeZone: "UTC" };
const christmas = { from: "2026-12-20T00:00", to: "2027-01-02T00:00", timeZone: "Europe/Berlin", reason: "Trade." };
const audit = { ...christmas, from: "2026-06-01T00:00", to: "2026-06-02T00:00", reason: "Audit." };

const inGates = (gates: unknown) =>
	problemsOf(environmentFile({ services: { checkout: serviceFile({ gates }) } })).map((problem) =>
		problem.replace("services.checkout.gates.", ""),
	);
const compiled = (settings: Section, environment: Section = {}) =>
	compileService(
		parseEnvironmentConfig(environmentFile({ ...environment, services: { checkout: serviceFile(settings) } })),
		"checkout",
		targetGroupArns,
	);

describe("gates in the file", () => {
	it("given windows and freezes that hold, takes them", () => {
		expect(inGates({ windows: [working, night, { ...working, to: "24:00" }], freezes: [christmas] })).toEqual([]);
	});

	it.each([
		["an offset for a time zone", { ...working, timeZone: "+01:00" }, 'windows[0].timeZone: found "+01:00"'],
		[
			"a place without clocks",
			{ ...working, timeZone: "Europe/Atlantis" },
			'windows[0].timeZone: found "Europe/Atlantis"',
		],
		["no time zone", { days: ["mon"], from: "09:00", to: "16:00" }, "windows[0].timeZone: found nothing"],
		["a day that is none", { ...working, days: ["monday"] }, 'windows[0].days[0]: found "monday"'],
		["no day", { ...working, days: [] }, "windows[0].days: found []"],
		["an hour that is none", { ...working, from: "24:00" }, 'windows[0].from: found "24:00"'],
		["an end that is none", { ...working, to: "24:01" }, 'windows[0].to: found "24:01"'],
		["no length", { ...working, to: "09:00" }, 'windows[0].to: found "09:00"; allowed is another time than 09:00'],
	])("given a window with %s, says what is allowed", (_, window, problem) => {
		const [first, ...others] = inGates({ windows: [window] });

		expect(first).toContain(problem);
		expect(others).toEqual([]);
	});

	it.each([
		["a day that is none", { ...christmas, from: "2026-02-30T00:00" }, 'freezes[0].from: found "2026-02-30T00:00"'],
		["an end before its beginning", { ...christmas, to: "2026-12-19T00:00" }, "allowed is later than 2026-12-20T00:00"],
		["an end that is its beginning", { ...christmas, to: christmas.from }, "allowed is later than 2026-12-20T00:00"],
		["no reason", { ...christmas, reason: "" }, 'freezes[0].reason: found ""'],
		["seconds", { ...christmas, from: "2026-12-20T00:00:00" }, "freezes[0].from: found"],
	])("given a freeze with %s, says what is allowed", (_, freeze, problem) => {
		const [first, ...others] = inGates({ freezes: [freeze] });

		expect(first).toContain(problem);
		expect(others).toEqual([]);
	});

	it("given more than can be looked through, refuses", () => {
		expect(inGates({ windows: Array.from({ length: 21 }, () => working) })[0]).toContain("at most 20 windows");
		expect(inGates({ freezes: Array.from({ length: 51 }, () => christmas) })[0]).toContain("at most 50 freezes");
	});

	it.each([0, 1_001, 1.5])("given %s trials at once, refuses", (maxConcurrentTrials) => {
		expect(problemsOf(environmentFile({ maxConcurrentTrials }))).toEqual([
			`maxConcurrentTrials: found ${maxConcurrentTrials}; allowed is a whole number from 1 to 1000`,
		]);
	});
});

describe("gates in the definition", () => {
	it("given nothing configured, says nothing, so that a definition of before keeps its hash", () => {
		const definition = compiled({});

		expect(["gates", "maxConcurrentTrials", "redBefore"].filter((key) => key in definition)).toEqual([]);
	});

	it("given gates of the environment and of the service, adds freezes and lets the service's windows win", () => {
		const everybody = { gates: { windows: [working], freezes: [christmas] }, maxConcurrentTrials: 3 };

		const own = compiled({ gates: { windows: [night], freezes: [audit] }, redBefore: "hold" }, everybody);
		const anyTime = compiled({ gates: { windows: [] } }, everybody);

		expect(own).toMatchObject({
			gates: { windows: [night], freezes: [christmas, audit] },
			maxConcurrentTrials: 3,
			redBefore: "hold",
		});
		expect(anyTime.gates).toEqual({ windows: [], freezes: [christmas] });
		expect(compiled({}, everybody).gates).toEqual({ windows: [working], freezes: [christmas] });
	});

	it("given what was compiled, reads it back from outside; a definition without is as good", () => {
		const { gates } = compiled({ gates: { windows: [working, night], freezes: [christmas] } });
		const whole = { ...contractDefinition(), gates, maxConcurrentTrials: 3, redBefore: "hold" };

		expect(serviceDefinitionSchema.safeParse(whole).success).toBe(true);
		expect(serviceDefinitionSchema.safeParse(contractDefinition()).success).toBe(true);
		for (const broken of [
			{ ...whole, maxConcurrentTrials: 0 },
			{ ...whole, redBefore: "never" },
			{ ...whole, gates: { windows: [], freezes: [{ ...christmas, timeZone: "Europe/Atlantis" }] } },
			{ ...whole, gates: { windows: [{ ...working, from: "9" }], freezes: [] } },
		])
			expect(serviceDefinitionSchema.safeParse(broken).success).toBe(false);
	});
});
