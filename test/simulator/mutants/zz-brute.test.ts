import { appendFileSync } from "node:fs";
import { it } from "vitest";
import { planFaults, runWithFault } from "../../../simulator/faults/enumeration.ts";
import { faultName } from "../../../simulator/faults/planned-fault.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";

const early = (p: Prepared, msBefore: number): Prepared => ({
	...p,
	code: new Map([...p.code].map(([k, c]) => [k, {
		readEnvironment: c.readEnvironment,
		makeHandler: (ports: any, env: object) => {
			const h = c.makeHandler(ports, env);
			return async (e: unknown, ctx: any) => {
				const left = ctx.getRemainingTimeInMillis();
				const late = { getRemainingTimeInMillis: () => 60_000 } as any;
				return Promise.race([
					h(e, process.env.LATE ? late : ctx),
					(ports.clock as any)?.sleep(Math.min(left - 10, msBefore)).then(() => { throw Object.assign(new Error("early"), { name: "TimeoutError" }); }) ?? new Promise(() => {}),
				]);
			};
		},
	}])),
});
const retried = (o: any): any => typeof o !== "object" || o === null ? o : Object.fromEntries(Object.entries(o).map(([k, f]) => [k, typeof f !== "function" ? f : async (...a: any[]) => {
	for (let i = 1; ; i++) try { return await (f as any)(...a); } catch (e: any) { if (i === 3 || !/Unavailable/.test(String(e?.name))) throw e; }
}]));
const sdk = (p: Prepared): Prepared => ({
	...p,
	code: new Map([...p.code].map(([k, c]) => [k, {
		readEnvironment: c.readEnvironment,
		makeHandler: (ports: any, env: object) => c.makeHandler({ ...ports, ...Object.fromEntries(["store", "router", "events", "workloads", "executions", "alarms", "catalog", "registry"].map((n) => [n, retried(ports[n])])) }, env),
	}])),
});

it("brutes", { timeout: 1_200_000 }, async () => {
	const whole = await rehearse();
	const t1 = (m: string, s: string) => rehearse((st) => st.redefine(m, (x) => Object.assign(x[s]!, { TimeoutSeconds: 1 })));
	const kinds = /^(frozen|timed-out|late-1s|late-60s|crashed|throttled)/;
	const jobs: [string, Prepared, string, RegExp][] = [
		["T1 SendTrafficBack", await t1("RollbackMachine", "SendTrafficBack"), "alarm-in-bake", /SendTrafficBack/],
		["T1 ShiftTraffic", await t1("RolloutMachine", "ShiftTraffic"), "bad-image", /ShiftTraffic/],
		["T1 Promote", await t1("RolloutMachine", "PromoteCanary"), "good-image", /PromoteCanary/],
		["T1 Close", await t1("RolloutMachine", "CloseRollout"), "good-image", /CloseRollout/],
		["T1 StopRollout", await t1("RollbackMachine", "StopRollout"), "bad-image", /StopRollout/],
		["T1 OpenTrial", await t1("RolloutMachine", "OpenTrial"), "bad-image", /OpenTrial/],
		["T1 Finish", await t1("RolloutMachine", "FinishRollout"), "good-image", /FinishRollout/],
		["early", early(whole, 900), "bad-image", /shift-traffic|roll-back|open-trial|stop-rollout/],
		["sdk3", sdk(whole), "bad-image", /shift-traffic|roll-back|open-trial|admit/],
	];
	for (const [what, p, s, re] of jobs) {
		if (!new RegExp(process.env.JOB ?? ".").test(what)) continue;
		const scenario = scenarioOf(s);
		const plan = await planFaults(whole, scenario, 1);
		const faults = plan.faults.filter((f) => re.test(faultName(f)) && kinds.test(faultName(f)));
		let hits = 0;
		for (const f of faults) {
			const b = await runWithFault(p, scenario, 1, plan, f);
			if (b.broken.length === 0) continue;
			const a = await runWithFault(whole, scenario, 1, plan, f);
			if (a.broken.length > 0) appendFileSync("/tmp/brute.txt", `BASE ${what} ${faultName(f)} ${a.broken[0]}\n`);
			else appendFileSync("/tmp/brute.txt", `HIT ${what} ${faultName(f)} ${b.broken.map((x) => x.slice(0, 200)).join(" || ")}\n`);
			hits++;
		}
		appendFileSync("/tmp/brute.txt", `DONE ${what} ${hits}/${faults.length}\n`);
	}
});
