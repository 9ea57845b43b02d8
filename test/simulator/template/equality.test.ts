import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rehearsedStacks } from "../rehearsal.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const outdir = mkdtempSync(join(tmpdir(), "sluice-equality-"));

/** What `cdk synth` does: it runs the app that cdk.json names, with the context that cdk.json sets. Bundles, validates. */
const synthesizeForDeployment = (): { readonly status: number | null; readonly stderr: string } => {
	const { context } = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8")) as { readonly context: object };
	return spawnSync(process.execPath, ["bin/app.ts"], {
		cwd: root,
		encoding: "utf8",
		env: { PATH: process.env.PATH, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
	});
};

const deployedTemplate = (stackName: string): unknown =>
	JSON.parse(readFileSync(join(outdir, `${stackName}.template.json`), "utf8"));

/** Every place at which two JSON values differ, as a path. */
const differences = (one: unknown, other: unknown, path = ""): readonly string[] => {
	const [a, b] = [one, other];
	const isNested = typeof a === "object" && a !== null && typeof b === "object" && b !== null;
	if (!isNested) return Object.is(a, b) ? [] : [path];
	// Lists compare by index, so that an order that differs is a difference.
	const [fieldsOfA, fieldsOfB] = [a as Record<string, unknown>, b as Record<string, unknown>];
	const keys = new Set([...Object.keys(fieldsOfA), ...Object.keys(fieldsOfB)]);
	return [...keys].flatMap((key) => differences(fieldsOfA[key], fieldsOfB[key], `${path}/${key}`));
};

describe("the simulated template", () => {
	beforeAll(() => {
		const { status, stderr } = synthesizeForDeployment();
		if (status !== 0) throw new Error(`The app could not be synthesized: ${stderr}`);
	}, 180_000);

	afterAll(() => rmSync(outdir, { recursive: true, force: true }));

	it("given the stacks that are deployed, simulates each of them", () => {
		const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
			readonly artifacts: Readonly<Record<string, { readonly type: string }>>;
		};
		const deployed = Object.entries(manifest.artifacts)
			.filter(([, { type }]) => type === "aws:cloudformation:stack")
			.map(([stackName]) => stackName);

		const simulated = rehearsedStacks().stacks.map(({ stackName }) => stackName);

		expect([...simulated].sort()).toEqual(deployed.sort());
	});

	it("given each stack, differs from the deployed one in the keys of bundled code and in nothing else", () => {
		const found = rehearsedStacks().stacks.flatMap(({ stackName, template }) =>
			differences(template, deployedTemplate(stackName)),
		);

		const functions = found.map((path) => /^\/Resources\/Functions(\w+)\/Properties\/Code\/S3Key$/.exec(path)?.[1]);
		expect(functions).not.toContain(undefined);
		expect(functions.length).toBeGreaterThan(0);
	});

	it("given two values that differ, the comparison says where", () => {
		expect(differences({ a: [1, { b: 2 }], c: 3 }, { a: [1, { b: 4 }], d: 3 })).toEqual(["/a/1/b", "/c", "/d"]);
		expect(differences({ a: [1, 2] }, { a: [2, 1] })).toEqual(["/a/0", "/a/1"]);
		expect(differences({ a: [1] }, { a: [1] })).toEqual([]);
	});
});
