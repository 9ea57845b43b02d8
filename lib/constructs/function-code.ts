import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AssetHashType, DockerImage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

// CommonJS dependencies inside an ES module still ask for `require`.
const requireBanner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Where the code of a function lives, relative to the project; the simulator loads it from there. */
export const functionEntry = (name: string): string => `functions/${name}`;

/**
 * One function as one minified ES module, SDK included: less to load than the runtime's own.
 * The same sources give the same asset. Bundled in this process; never with docker.
 */
export const functionCode = (name: string): Code =>
	Code.fromAsset(join(projectRoot, "functions"), {
		assetHashType: AssetHashType.OUTPUT,
		bundling: {
			image: DockerImage.fromRegistry("never-used"),
			// Never run; it tells the assets of different functions apart, which share their source folder.
			command: [name],
			local: { tryBundle: (outputFolder) => bundle(name, outputFolder) },
		},
	});

const bundle = (name: string, outputFolder: string): boolean => {
	buildSync({
		absWorkingDir: projectRoot,
		entryPoints: [`${functionEntry(name)}/index.ts`],
		outfile: join(outputFolder, "index.mjs"),
		bundle: true,
		minify: true,
		format: "esm",
		platform: "node",
		target: "node24",
		mainFields: ["module", "main"],
		banner: { js: requireBanner },
		legalComments: "none",
		logLevel: "error",
	});
	return true;
};
