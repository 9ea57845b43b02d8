import { InvalidTemplateError, isFields, listOf, textOf } from "./template-error.ts";

/** What intrinsic functions ask for: names of resources and their attributes. */
export interface Lookup {
	/** What `Ref` gives for a logical id or a pseudo parameter. @throws InvalidTemplateError */
	ref(logicalId: string): string;
	/** What `Fn::GetAtt` gives. @throws InvalidTemplateError */
	attribute(logicalId: string, attribute: string): string;
}

const substitute = (template: string, local: Readonly<Record<string, string>>, lookup: Lookup): string =>
	template.replace(/\$\{([^!}][^}]*)\}/g, (_whole, name: string) => {
		const own = local[name];
		if (own !== undefined) return own;
		const dot = name.indexOf(".");
		return dot < 0 ? lookup.ref(name) : lookup.attribute(name.slice(0, dot), name.slice(dot + 1));
	});

const functions: Readonly<Record<string, (argument: unknown, lookup: Lookup) => unknown>> = {
	Ref: (argument, lookup) => lookup.ref(textOf(argument, "Ref")),
	"Fn::GetAtt": (argument, lookup) => {
		const [logicalId, attribute] = typeof argument === "string" ? argument.split(".") : listOf(argument, "Fn::GetAtt");
		return lookup.attribute(textOf(logicalId, "Fn::GetAtt"), textOf(attribute, "Fn::GetAtt"));
	},
	"Fn::Join": (argument, lookup) => {
		const [delimiter, parts] = listOf(argument, "Fn::Join");
		const resolved = listOf(resolve(parts, lookup), "Fn::Join");
		return resolved.map((part) => textOf(part, "Fn::Join")).join(textOf(delimiter, "Fn::Join"));
	},
	"Fn::Sub": (argument, lookup) => {
		if (typeof argument === "string") return substitute(argument, {}, lookup);
		const [template, values] = listOf(argument, "Fn::Sub");
		const local = resolve(values, lookup) as Readonly<Record<string, string>>;
		return substitute(textOf(template, "Fn::Sub"), local, lookup);
	},
	"Fn::Select": (argument, lookup) => {
		const [index, parts] = listOf(argument, "Fn::Select");
		return listOf(resolve(parts, lookup), "Fn::Select")[Number(index)];
	},
	"Fn::Split": (argument, lookup) => {
		const [delimiter, text] = listOf(argument, "Fn::Split");
		return textOf(resolve(text, lookup), "Fn::Split").split(textOf(delimiter, "Fn::Split"));
	},
};

/**
 * A value of a template with its intrinsic functions carried out.
 * @throws InvalidTemplateError for a function that is not known, by its name.
 */
export const resolve = (value: unknown, lookup: Lookup): unknown => {
	if (Array.isArray(value)) return value.map((item) => resolve(item, lookup));
	if (!isFields(value)) return value;
	const [only, ...more] = Object.keys(value);
	if (only !== undefined && more.length === 0 && (only === "Ref" || only.startsWith("Fn::"))) {
		const carryOut = functions[only];
		if (carryOut !== undefined) return carryOut(value[only], lookup);
		throw new InvalidTemplateError(
			`Intrinsic function ${only} is not simulated; allowed are ${Object.keys(functions).join(", ")}.`,
		);
	}
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, lookup)]));
};
