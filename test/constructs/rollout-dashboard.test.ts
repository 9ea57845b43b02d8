import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { environmentConfig, synthesize } from "../stacks/synthesized-environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [dashboard] = Object.values(
	synthesize(environmentConfig(["checkout"]))("control-plane").resources("AWS::CloudWatch::Dashboard"),
);
const body = JSON.stringify(dashboard?.Properties.DashboardBody).replaceAll("\\", "");

describe("the dashboard", () => {
	it("given its counters, shows only such as some function counts", () => {
		const source = globSync("functions/**/*.ts", { cwd: root }).map((file) => readFileSync(root + file, "utf8"));
		const counted = [...source.join("\n").matchAll(/telemetry\.count\("(\w+)"/g)].map(([, name]) => name);

		// Lengths of time are measured where a rollout ends, by the names that the domain gives them.
		const domain = readFileSync(`${root}lib/domain/rollout-measures.ts`, "utf8");
		counted.push(...[...domain.matchAll(/"([A-Z]\w+Seconds|SecondsAtWeight)"/g)].map(([, name]) => name));

		const shown = [...body.matchAll(/MetricName="(\w+)"/g)].map(([, name]) => name);

		expect(shown.length).toBeGreaterThan(5);
		expect(shown.filter((name) => !counted.includes(name))).toEqual([]);
	});

	it("given the machines and the functions that users wait for, shows how they fare", () => {
		for (const title of ["Machine rollout", "Machine watch", "Machine rollback", "roll-back: duration", "Dead letters"])
			expect(body).toContain(`"title":"${title}"`);
	});
});
