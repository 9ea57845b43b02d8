import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";

/** The parts of `$states`. `result` exists after a task's success, `errorOutput` in a catcher. */
export type StatesPart = "input" | "context" | "result" | "errorOutput";

/** What an expression may refer to at the place where it stands. */
export interface ExpressionScope {
	readonly parts: ReadonlySet<StatesPart>;
	/** Names that some state of the machine assigns. */
	readonly variables: ReadonlySet<string>;
}

/** Functions of JSONata 2.0.6 and the six that AWS adds, without what is refused below. */
export const functionNames: ReadonlySet<string> = new Set(
	`sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match
	contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power
	boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type
	sort distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis
	clone now millis random partition range hash uuid parse`.split(/\s+/),
);

/** Why a function that JSONata knows is refused all the same. */
const refusedFunctions: ReadonlyMap<string, string> = new Map([
	["eval", "AWS has no $eval; allowed is $parse"],
	["shuffle", "$shuffle draws from no seed; allowed is an order by $random(seed)"],
]);

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
	typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RegExp);

/** Names that the expression binds itself: `:=`, parameters, `@$x` and `#$i`. */
const collectLocals = (node: unknown, locals: Set<string>): void => {
	if (Array.isArray(node)) {
		for (const item of node) collectLocals(item, locals);
		return;
	}
	if (!isNode(node)) return;
	if (node.type === "bind" && isNode(node.lhs)) locals.add(String(node.lhs.value));
	if (node.type === "lambda") for (const parameter of node.arguments as Node[]) locals.add(String(parameter.value));
	if (typeof node.focus === "string") locals.add(node.focus);
	if (typeof node.index === "string") locals.add(node.index);
	for (const child of Object.values(node)) collectLocals(child, locals);
};

/**
 * Refuses what AWS refuses when a machine is created, though npm jsonata evaluates it to undefined:
 * `$`, `$$` and bare names at the top level, unknown variables, parts of `$states` that do not exist here, `$eval`.
 * Inside a path, a predicate, a grouping or a sort there is a context, and names are fine; a lambda has its definer's.
 * @throws InvalidStateMachineError
 */
export const checkExpression = (ast: unknown, scope: ExpressionScope, where: string): void => {
	const locals = new Set<string>();
	collectLocals(ast, locals);
	new ExpressionWalk(scope, locals, where).walk(ast, false);
};

class ExpressionWalk {
	readonly #scope: ExpressionScope;
	readonly #locals: ReadonlySet<string>;
	readonly #where: string;

	constructor(scope: ExpressionScope, locals: ReadonlySet<string>, where: string) {
		this.#scope = scope;
		this.#locals = locals;
		this.#where = where;
	}

	walk(node: unknown, hasContext: boolean): void {
		if (Array.isArray(node)) for (const item of node) this.walk(item, hasContext);
		if (!isNode(node)) return;
		this.#walkAttached(node);
		switch (node.type) {
			case "name":
			case "wildcard":
			case "descendant":
			case "parent":
				if (!hasContext) this.#refuseName(node.type === "parent" ? "%" : String(node.value));
				break;
			case "variable":
				this.#checkVariable(String(node.value), hasContext);
				break;
			case "path":
				this.#walkPath(node.steps as unknown[], hasContext);
				break;
			case "bind":
				if (isNode(node.lhs) && node.lhs.value === "states") this.#refuse("$states cannot be bound");
				this.walk(node.rhs, hasContext);
				break;
			case "lambda":
				this.walk(node.body, hasContext);
				break;
			default: {
				if (node.type === "function") this.#checkReproducible(node);
				const { predicate: _, stages: __, group: ___, ...own } = node;
				this.walk(Object.values(own), hasContext || node.type === "transform" || node.type === "sort");
			}
		}
	}

	/** What hangs on a node is evaluated with the node's own value as context. */
	#walkAttached(node: Node): void {
		for (const attached of [node.predicate, node.stages, node.group]) this.walk(attached, true);
	}

	#walkPath(steps: readonly unknown[], hasContext: boolean): void {
		const [first, ...others] = steps;
		if (isNode(first) && first.type === "variable" && first.value === "states") {
			this.#checkStatesPart(others[0]);
			this.#walkAttached(first);
		} else this.walk(first, hasContext);
		this.walk(others, true);
	}

	#checkStatesPart(second: unknown): void {
		const part = isNode(second) && second.type === "name" ? String(second.value) : "";
		const { parts } = this.#scope;
		if ((parts as ReadonlySet<string>).has(part)) return;
		const allowed = [...parts].map((name) => `$states.${name}`).join(", ");
		this.#refuse(`$states.${part} does not exist here; allowed are ${allowed}`);
	}

	#checkVariable(name: string, hasContext: boolean): void {
		if (name === "$") this.#refuse("Reference to '$$' is not supported; allowed are $states, variables and functions");
		if (name === "states") this.#checkStatesPart(undefined);
		if (name === "") {
			if (!hasContext) this.#refuse("Reference to '$' at the top level is not supported; allowed is $states.input");
			return;
		}
		if (this.#locals.has(name) || this.#scope.variables.has(name) || functionNames.has(name)) return;
		const known = [...this.#scope.variables].sort().join(", ") || "none";
		this.#refuse(refusedFunctions.get(name) ?? `variable $${name} is assigned nowhere; allowed are ${known}`);
	}

	/** Pictures read the machine's own clock for what they leave out, and AWS's engine formats them in its own way. */
	#checkReproducible(node: Node): void {
		const name = isNode(node.procedure) && node.procedure.type === "variable" ? String(node.procedure.value) : "";
		const count = Array.isArray(node.arguments) ? node.arguments.length : 0;
		if ((name === "toMillis" && count > 1) || (name === "now" && count > 0)) {
			this.#refuse(`$${name} with a picture is not interpreted; allowed is ISO 8601`);
		}
	}

	#refuseName(name: string): never {
		this.#refuse(`Reference to '${name}' at the top level is not supported; allowed is $states.input.${name}`);
	}

	#refuse(what: string): never {
		throw new InvalidStateMachineError(`${this.#where}: ${what}`);
	}
}
