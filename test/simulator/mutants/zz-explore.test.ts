import { it } from "vitest";
import { rehearse } from "../rehearsal.ts";
import { Breaking } from "./breaking.ts";
import { mutants } from "./mutants.ts";

it("explores", { timeout: 600_000 }, async () => {
	const breaking = new Breaking(await rehearse());
	for (const mutant of mutants.filter((m) => new RegExp(process.env.ONLY ?? ".").test(m.what))) {
		for (let seed = 1; seed <= (mutant.seeds ?? 1); seed++) {
			const t = performance.now();
			let line = "";
			try {
				const a = await breaking.spared(mutant, seed);
				const b = await breaking.broken(mutant, seed);
				const ok = a.broken.length === 0;
				const caught = b.broken.some((s) => s.startsWith(mutant.caughtBy.promise));
				line = `${ok ? "ok " : "BAD"} ${caught ? "caught" : "MISSED"} ${mutant.what} s${seed}\n   A:${a.outcome} ${a.virtualSeconds} ${a.broken.join("\n      ")}\n   B:${b.outcome} ${b.virtualSeconds}\n      ${b.broken.join("\n      ")}`;
			} catch (e) {
				line = `ERR ${mutant.what} ${e}`;
			}
			console.log(line, Math.round(performance.now() - t));
		}
	}
});
