import { it } from "vitest";
import { settles } from "../../../simulator/checkers/settles.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { rehearse } from "../rehearsal.ts";
import { Breaking } from "./breaking.ts";
import { withAnswer, withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";
const c = settles;
const s = scenarioOf;
const list: Mutant[] = [
	{ what: "stop no-op", caughtBy: c, scenario: s("bad-image"), limitSeconds: 3600, code: { "stop-rollout": withPorts(({ executions }) => ({ executions: { ...executions, stop: async () => {} } })) } },
	{ what: "stop no-op alarm", caughtBy: c, scenario: s("alarm-in-bake"), limitSeconds: 3600, code: { "stop-rollout": withPorts(({ executions }) => ({ executions: { ...executions, stop: async () => {} } })) } },
	{ what: "drained at once", caughtBy: c, scenario: s("bad-image"), code: { "observe-zero": withPorts(({ measurements, clock }) => ({ measurements: { ...measurements, read: async () => [] } })) } },
	{ what: "capacity ready at once", caughtBy: c, scenario: s("good-image"), code: { "ensure-capacity": withAnswer((a) => ({ ...a, kind: "ready" })) } },
	{ what: "no pod for canary, ready", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "ensure-capacity": withAnswer((a) => ({ ...a, kind: "ready" })), "prepare-canary": withAnswer((a) => ({ ...a, kind: "ready" })) } },
	{ what: "stable image deployed", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "prepare-canary": withPorts(({ workloads }) => ({ workloads: { ...workloads, deploy: (t, sl, r, e) => workloads.deploy(t, sl, { ...r, imageDigest: `sha256:${"a1".repeat(32)}` }, e), read: async (t, sl) => ({ ...(await workloads.read(t, sl)), imageDigest: `sha256:${"c7".repeat(32)}` }) } })) } },
	{ what: "not retired", caughtBy: c, scenario: s("good-image"), code: { "retire-slot": withPorts(({ workloads }) => ({ workloads: { ...workloads, retire: async () => {} } })) } },
	{ what: "not released", caughtBy: c, scenario: s("good-image"), code: { "retire-slot": withPorts(({ workloads }) => ({ workloads: { ...workloads, hold: async () => {} } })) } },
	{ what: "no claim before shift", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "shift-traffic": withPorts(({ store }) => ({ store: { ...store, write: store.read } })) } },
	{ what: "no approval asked", caughtBy: c, scenario: s("good-image"), wiring: (st) => st.redefine("RolloutMachine", (x) => { (x.GuardPause as any).Choices = [{ Condition: "{% true %}", Next: "EnsureCapacity" }]; }) },
	{ what: "callers not moved to canary", caughtBy: c, scenario: s("good-image"), code: { "move-in-cluster-service": withPorts(({ workloads }) => ({ workloads: { ...workloads, directInClusterService: async (t, sl, e) => { if (sl === "blue") await workloads.directInClusterService(t, sl, e); } } })) } },
	{ what: "no watch beside question", caughtBy: c, scenario: { ...s("alarm-at-gate"), expected: "rolled-back", react: (e, st) => s("alarm-at-gate").react(e, { ...st, changeCandidate: () => st.changeCandidate({ errorRatio: 0.9 }) }), broken: () => [] }, limitSeconds: 7200, wiring: (st) => st.redefine("RolloutMachine", (x) => { (x.GuardPause as any).Choices = [{ Condition: "{% false %}", Next: "AwaitPerson" }]; }) },
	{ what: "open at weight", caughtBy: c, scenario: s("bad-image"), code: { "open-trial": withPorts(({ router }) => ({ router: { ...router, open: async (r, id, sl) => { const o = await router.open(r, id, sl); await router.shift(r, o.trialRuleArn, { blue: 95, green: 5 }); return o; } } })) } },
	{ what: "watch beats hours", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "watch-canary": withAnswer((a, { mode }) => (mode === "trial" ? { ...a, kind: "keep-watching" } : a)) } },
	{ what: "bad never judged", caughtBy: c, scenario: s("bad-image"), limitSeconds: 7200, code: { "watch-canary": withAnswer((a, { mode }) => (mode === "trial" ? { ...a, kind: "keep-watching" } : a)) } },
	{ what: "verdict said, not acted", caughtBy: c, scenario: s("bad-image"), limitSeconds: 7200, code: { "watch-canary": withAnswer((a) => (a.kind === "roll-back" ? { ...a, kind: "keep-watching" } : a)) } },
	{ what: "bad image passes", caughtBy: c, scenario: s("bad-image"), limitSeconds: 7200, code: { "watch-canary": withPorts(({ measurements }) => ({ measurements: { ...measurements, read: async (d, r) => (await measurements.read(d, r)).map((b) => ({ ...b, canary: b.canary && { ...b.canary, errors: 0 } })) } })) } },
	{ what: "T5 watch", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, wiring: (st) => st.redefine("WatchMachine", (x) => Object.assign(x.WatchCanary!, { TimeoutSeconds: 5 })) },
	{ what: "T5 watch bad", caughtBy: c, scenario: s("bad-image"), limitSeconds: 7200, wiring: (st) => st.redefine("WatchMachine", (x) => Object.assign(x.WatchCanary!, { TimeoutSeconds: 5 })) },
	{ what: "closing epoch same", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "close-rollout": withPorts(({ store }) => ({ store: { ...store, write: (sv, t) => store.write(sv, t.set.epoch === undefined ? t : { ...t, set: { ...t.set, epoch: t.set.epoch - 1 } }) } })) } },
	{ what: "trial left at closing", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "close-rollout": withPorts(({ router }) => ({ router: { ...router, abandon: async () => {}, read: async (r) => ({ ...(await router.read(r)), trial: null }) } })) } },
	{ what: "base not moved", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "close-rollout": withPorts(({ router }) => ({ router: { ...router, adopt: async () => {}, read: async (r) => ({ ...(await router.read(r)), base: { blue: 0, green: 100 } }) } })) } },
	{ what: "only step 1 & 4", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "plan-step": withAnswer((a) => (a.nextStepIndex === 2 ? { ...a, nextStepIndex: 3 } : a)) } },
	{ what: "events different bus", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "shift-traffic": withPorts(() => ({ events: { publish: async () => {} } })) } },
	{ what: "reconcile all lost", caughtBy: c, scenario: s("good-image"), limitSeconds: 7200, code: { "reconcile-services": withPorts(({ executions }) => ({ executions: { ...executions, status: async () => "failed" as const } })) } },
];
it("curious", { timeout: 600_000 }, async () => {
	const breaking = new Breaking(await rehearse());
	for (const m of list) {
		try {
			const a = await breaking.spared(m, 1);
			const b = await breaking.broken(m, 1);
			console.log(`${a.broken.length === 0 ? "" : `BASE ${a.broken}`} ${b.broken.length ? "caught" : "SEEN BY NONE"} ${m.what} ${b.outcome} ${b.virtualSeconds}\n   ${b.broken.map((x) => x.slice(0, 260)).join("\n   ")}`);
		} catch (e) { console.log("ERR", m.what, e); }
	}
});
