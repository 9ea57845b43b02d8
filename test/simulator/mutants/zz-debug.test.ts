import { it } from "vitest";
import { rehearse } from "../rehearsal.ts";
import { Breaking } from "./breaking.ts";
import { mutants } from "./mutants.ts";

it("debugs", { timeout: 600_000 }, async () => {
	const breaking = new Breaking(await rehearse());
	const m = mutants.find((x) => x.what.startsWith("no rule for executions"));
	const a = await breaking.broken(m!, 5);
	for (const e of a.timeline) console.log(JSON.stringify(e).slice(0, 220));
	const m2 = mutants.find((x) => x.what.startsWith("a watch that does not compare"))!;
	for (const n of [2, 3, 4]) {
		const mm = { ...m2, fault: `raises-the-trial-rule @ rollout.shifted.v1 #${n}` };
		console.log(n, (await breaking.spared(mm, 1)).broken, (await breaking.broken(mm, 1)).broken);
	}
});
