import type { StackTemplate } from "../../simulator/template/loaded-resource.ts";

/** A JSON object of a template, open to change. */
export type Json = Record<string, unknown>;

/** A resource of a template, open to change. */
export interface EditableResource {
	readonly logicalId: string;
	readonly Type: string;
	readonly Properties: Json;
	readonly Metadata?: Json;
}

interface EditableStack {
	readonly stackName: string;
	readonly template: { readonly Resources: Record<string, Omit<EditableResource, "logicalId">> };
}

/** Nothing, or more than one thing, of a template is what a test wants to change: then it would prove nothing. */
class AmbiguousEditError extends Error {
	override readonly name = "AmbiguousEditError";
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A copy of synthesized stacks from which a test takes one thing. Every edit must find exactly what it is about. */
export class EditableStacks {
	readonly stacks: readonly StackTemplate[];
	readonly #open: readonly EditableStack[];

	constructor(stacks: readonly StackTemplate[]) {
		// Templates are plain JSON with resources; what else they hold is of no interest here.
		this.#open = structuredClone(stacks) as readonly EditableStack[];
		this.stacks = this.#open;
	}

	/** Every resource of a type. */
	all(type: string): readonly EditableResource[] {
		return this.#open.flatMap(({ template }) =>
			Object.entries(template.Resources)
				.filter(([, { Type }]) => Type === type)
				.map(([logicalId, resource]) => ({ logicalId, ...resource })),
		);
	}

	/** The one resource of a type whose logical id begins so. */
	resource(type: string, idBegins: string): EditableResource {
		return only(
			this.all(type).filter(({ logicalId }) => logicalId.startsWith(idBegins)),
			`${type} ${idBegins}`,
		);
	}

	/** Takes a resource out. */
	remove(type: string, idBegins: string): void {
		const { logicalId } = this.resource(type, idBegins);
		for (const { template } of this.#open) delete template.Resources[logicalId];
	}

	/** Takes an action from the policies of a role: of functions `Functions<name without dashes>`. */
	forbid(roleIdBegins: string, action: string): void {
		let forbidden = 0;
		for (const { Properties } of this.all("AWS::IAM::Policy").filter(({ logicalId }) =>
			logicalId.startsWith(roleIdBegins),
		)) {
			const document = Properties.PolicyDocument as { Statement: Json[] };
			for (const statement of document.Statement) {
				const actions = listOf(statement.Action);
				if (!actions.includes(action)) continue;
				statement.Action = actions.filter((item) => item !== action);
				forbidden++;
			}
			document.Statement = document.Statement.filter(({ Action }) => listOf(Action).length > 0);
		}
		if (forbidden === 0) throw new AmbiguousEditError(`${roleIdBegins} may not ${action} anyway.`);
	}

	/** Takes the resources that begin so from the statements of a role that allow an action. */
	narrow(roleIdBegins: string, action: string, isTaken: (resource: string) => boolean): void {
		const { Properties } = this.resource("AWS::IAM::Policy", roleIdBegins);
		const { Statement } = Properties.PolicyDocument as { readonly Statement: Json[] };
		const statement = only(
			Statement.filter(({ Action }) => listOf(Action).includes(action)),
			`statement of ${roleIdBegins} with ${action}`,
		);
		const resources = listOf(statement.Resource);
		const left = resources.filter((resource) => !isTaken(JSON.stringify(resource)));
		if (left.length !== resources.length - 1) throw new AmbiguousEditError(`${roleIdBegins}: ${action}`);
		statement.Resource = left;
	}

	/** Takes a variable from a function. */
	unset(functionIdBegins: string, variable: string): void {
		const { Properties } = this.resource("AWS::Lambda::Function", functionIdBegins);
		const { Variables } = Properties.Environment as { readonly Variables: Json };
		if (Variables[variable] === undefined) throw new AmbiguousEditError(`${functionIdBegins} has no ${variable}.`);
		delete Variables[variable];
	}

	/** Changes the definition of a machine. */
	redefine(machineIdBegins: string, change: (states: Record<string, Json>) => void): void {
		const { Properties } = this.resource("AWS::StepFunctions::StateMachine", machineIdBegins);
		const definition = JSON.parse(String(Properties.DefinitionString)) as { readonly States: Record<string, Json> };
		change(definition.States);
		Properties.DefinitionString = JSON.stringify(definition);
	}
}

const only = <T>(found: readonly T[], what: string): T => {
	const [first] = found;
	if (first !== undefined && found.length === 1) return first;
	throw new AmbiguousEditError(`${what} was found ${found.length} times; allowed is once.`);
};
