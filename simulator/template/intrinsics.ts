import { type Fields, fieldsOf, InvalidTemplateError, isFields, listOf, textOf } from "./template-error.ts";

/** What intrinsic functions ask for: names of resources and their attributes. */
export interface Lookup {
	/** What `Ref` gives for a logical id or a pseudo parameter. @throws InvalidTemplateError */
	ref(logicalId: string): string;
	/** What `Fn::GetAtt` gives. @throws InvalidTemplateError */
	attribute(logicalId: string, attribute: string): string;
}

/** `Resource.Attribute`, of which the attribute may have dots of its own. */
const attributeNamed = (dotted: string, lookup: Lookup): string => {
	const dot = dotted.indexOf(".");
	return lookup.attribute(dotted.slice(0, dot), dotted.slice(dot + 1));
};

/** `${!Text}` stands for `${Text}` as it is. */
const substitute = (template: string, local: Fields, lookup: Lookup): string =>
	template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
		if (literal !== "") return `\${${name}}`;
		if (Object.hasOwn(local, name)) return textOf(local[name], `Fn::Sub ${name}`);
		return name.includes(".") ? attributeNamed(name, lookup) : lookup.ref(name);
	});

const functions: Readonly<Record<string, (argument: unknown, lookup: Lookup) => unknown>> = {
	Ref: (argument, lookup) => lookup.ref(textOf(argument, "Ref")),
	"Fn::GetAtt": (argument, lookup) => {
		if (typeof argument === "string") return attributeNamed(argument, lookup);
		const [logicalId, attribute] = listOf(argument, "Fn::GetAtt");
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
		return substitute(textOf(template, "Fn::Sub"), fieldsOf(resolve(values, lookup), "Fn::Sub"), lookup);
	},
	"Fn::Select": (argument, lookup) => {
		const [index, parts] = listOf(argument, "Fn::Select");
		const selected = listOf(resolve(parts, lookup), "Fn::Select")[Number(index)];
		if (selected !== undefined) return selected;
		throw new InvalidTemplateError(`Fn::Select: there is no element ${JSON.stringify(index)}.`);
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
