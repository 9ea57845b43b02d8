import { readEnvironmentConfig, synthesize } from "../bin/synthesize.ts";
import { loadDeployment } from "../simulator/template/load-deployment.ts";
import { prepare } from "../simulator/system/prepare.ts";
import { runScenario } from "../simulator/scenarios/run-scenario.ts";
import { allScenarios, scenarioOf } from "../simulator/scenarios/all-scenarios.ts";
const s = synthesize(readEnvironmentConfig("production"));
const p = await prepare(loadDeployment(s.stacks, s));
const names = process.argv[2] ? [process.argv[2]] : allScenarios.map(x=>x.name);
for (const n of names) {
 const t=Date.now();
 const r = await runScenario(p, scenarioOf(n), Number(process.argv[3] ?? 1), { onEntry: (e)=> process.argv[2] && console.log(JSON.stringify(e).slice(0,300)) });
 console.log(n, r.outcome, r.ok, r.broken, r.virtualSeconds, r.rollback, JSON.stringify(r.requests), r.executions.map(e=>`${e.machine}/${e.name}:${e.status}:${e.events}`).join(" "), Date.now()-t, "ms");
}
