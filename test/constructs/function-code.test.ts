import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Architecture, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { functionCode } from "../../lib/constructs/function-code.ts";

describe("the code of a function", () => {
	let outdir = "";
	beforeEach(() => {
		outdir = mkdtempSync(join(tmpdir(), "sluice-code-"));
	});
	afterEach(() => rmSync(outdir, { recursive: true }));

	/** Folders of the assets that these functions are bundled to, by name: the name is a hash of what is inside. */
	const bundle = (...names: readonly string[]): readonly string[] => {
		const app = new App({ outdir, builtinCloudFormationValidation: false });
		const stack = new Stack(app, "Stack");
		for (const [position, name] of names.entries())
			new LambdaFunction(stack, `Function${position}`, {
				runtime: Runtime.NODEJS_24_X,
				architecture: Architecture.ARM_64,
				handler: "index.handler",
				code: functionCode(name),
			});
		app.synth();
		return readdirSync(outdir).filter((file) => file.startsWith("asset."));
	};

	it("given a function, is one ES module that exports the handler", { timeout: 60_000 }, () => {
		const [asset = "", ...others] = bundle("plan-step");

		expect(others).toEqual([]);
		expect(readdirSync(join(outdir, asset))).toEqual(["index.mjs"]);
		expect(readFileSync(join(outdir, asset, "index.mjs"), "utf8")).toMatch(/export\{[^}]*\bas handler[,}]/);
	});

	it("given two functions, bundles each by itself; given one twice, once", { timeout: 60_000 }, () => {
		expect(bundle("plan-step", "stop-rollout", "plan-step")).toHaveLength(2);
	});
});
