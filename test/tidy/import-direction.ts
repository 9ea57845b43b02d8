import type { Rule, SourceFile } from "./source-file.ts";

/** A room, which rooms it may know, and which packages. Everything else is refused. */
interface Room {
	readonly name: string;
	readonly holds: RegExp;
	/** Names of rooms; its own has to be named as well. */
	readonly mayImport: readonly string[];
	readonly packages: readonly RegExp[];
}

const zod = /^zod\/mini$/;
const node = /^node:/;
/** A function by its `sluice:entry`, as the template says it: the one import whose path is computed. Never its index.ts. */
const byEntry = /^\$\{entry\}\/(handler|environment)\.ts$/;
const cdk = [/^aws-cdk-lib(\/|$)/, /^constructs$/, /^cdk-nag(\/|$)/] as const;
const sdk = [/^@aws-sdk\//, /^@smithy\//] as const;

/** The first room that holds a file is its room: the composition root before the rest of its folder. */
const rooms: readonly Room[] = [
	// A hash is a pure function; what node:crypto has of chance, the rule of purity refuses.
	{ name: "domain", holds: /^lib\/domain\//, mayImport: ["domain"], packages: [zod, /^node:crypto$/] },
	{ name: "ports", holds: /^lib\/ports\//, mayImport: ["domain", "ports"], packages: [] },
	{
		name: "adapters",
		holds: /^lib\/adapters\//,
		mayImport: ["domain", "ports", "adapters"],
		packages: [...sdk, /^@aws-lambda-powertools\//, node, zod],
	},
	{
		name: "constructs",
		holds: /^lib\/constructs\//,
		mayImport: ["domain", "constructs"],
		packages: [...cdk, node, /^esbuild$/, /^yaml$/],
	},
	{
		name: "stacks",
		holds: /^lib\/stacks\//,
		mayImport: ["domain", "constructs", "stacks"],
		packages: [...cdk, node, zod],
	},
	{
		name: "composition roots",
		holds: /^functions\/[^/]+\/index\.ts$/,
		mayImport: ["domain", "ports", "adapters", "functions"],
		packages: sdk,
	},
	{
		name: "functions",
		holds: /^functions\//,
		mayImport: ["domain", "ports", "functions"],
		packages: [zod, /^@middy\/core$/, /^aws-lambda$/],
	},
	{
		name: "simulator",
		holds: /^simulator\//,
		mayImport: ["domain", "ports", "functions", "simulator"],
		packages: [node, zod, /^jsonata$/, /^yaml$/, /^aws-lambda$/, byEntry],
	},
	// The composition root of the command line: the one place of bin that makes clients and adapters.
	{
		name: "desk",
		holds: /^bin\/desk\//,
		mayImport: ["domain", "ports", "adapters", "constructs", "simulator", "bin", "desk"],
		packages: [...sdk, node],
	},
	{
		name: "bin",
		holds: /^bin\//,
		mayImport: ["domain", "ports", "constructs", "stacks", "simulator", "bin", "desk"],
		packages: [...cdk, node, zod, /^yaml$/, /^esbuild$/],
	},
	{
		name: "test",
		holds: /^test\//,
		mayImport: [
			"domain",
			"ports",
			"adapters",
			"constructs",
			"stacks",
			"functions",
			"composition roots",
			"simulator",
			"bin",
			"desk",
			"test",
		],
		packages: [/./],
	},
];

const isFile = (from: string): boolean => /^(bin|functions|lib|simulator|statemachines|test)\//.test(from);
const roomOf = (path: string): Room | undefined => rooms.find(({ holds }) => holds.test(path));

/** Imports go one way only, towards the domain; nothing sees the simulator but bin and tests. */
export const importDirection: Rule = ({ path, imports }: SourceFile) => {
	if (!path.endsWith(".ts")) return [];
	const room = roomOf(path);
	if (room === undefined) return ["is in no room that has a rule"];
	return imports.flatMap(({ from, isTypeOnly }) => {
		if (!isFile(from)) {
			if (room.packages.some((allowed) => allowed.test(from))) {
				// Types of Lambda have no code behind them.
				return from === "aws-lambda" && !isTypeOnly ? ["imports aws-lambda; allowed are its types"] : [];
			}
			return [`imports the package ${from}, which ${room.name} may not`];
		}
		const target = roomOf(from);
		return target !== undefined && room.mayImport.includes(target.name)
			? []
			: [`imports ${from}; ${room.name} may know ${room.mayImport.join(", ")}`];
	});
};
