import type { WireAnswer, WireRequest } from "./wire.ts";

/** What the Query protocol can say: texts, lists and structures. */
export type QueryValue = string | readonly QueryValue[] | { readonly [member: string]: QueryValue };
export type QueryStructure = { readonly [member: string]: QueryValue };

/** How a Query service says no. */
export class QueryRefusal extends Error {
	override readonly name = "QueryRefusal";
	readonly code: string;
	readonly status: number;
	constructor(code: string, message: string, status = 400) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

const headers = { "content-type": "text/xml" };

/** The answer that carries a refusal over the wire. */
export const queryRefusalAnswer = (code: string, message: string, status = 400): WireAnswer => ({
	status,
	headers,
	body: `<ErrorResponse><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
});

type Operation = (input: QueryStructure) => QueryStructure;

/** A product that speaks awsQuery: the input is a form whose keys are paths, the output is XML. */
export const queryProduct =
	(version: string, operations: Readonly<Record<string, Operation>>) =>
	(request: WireRequest): WireAnswer => {
		const { Action, Version, ...input } = structureOf(new URLSearchParams(request.body));
		const operation = operations[String(Action)];
		if (request.method !== "POST" || Version !== version || operation === undefined)
			return queryRefusalAnswer("InvalidAction", `${request.method} ${Action} ${Version}`);
		try {
			const result = xmlOf(operation(input));
			const body = `<${Action}Response><${Action}Result>${result}</${Action}Result></${Action}Response>`;
			return { status: 200, headers, body };
		} catch (error) {
			if (error instanceof QueryRefusal) return queryRefusalAnswer(error.code, error.message, error.status);
			throw error;
		}
	};

interface Branch {
	[key: string]: Branch | string;
}

const structureOf = (form: URLSearchParams): QueryStructure => {
	const root: Branch = {};
	for (const [path, text] of form) {
		const keys = path.split(".");
		const last = keys.pop() ?? "";
		let branch = root;
		for (const key of keys) {
			const next = branch[key];
			const child: Branch = typeof next === "object" ? next : {};
			branch[key] = child;
			branch = child;
		}
		branch[last] = text;
	}
	return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, parsed(value)]));
};

const parsed = (branch: Branch | string): QueryValue => {
	if (typeof branch === "string") return branch;
	const { member } = branch;
	if (typeof member === "object") return Object.values(member).map(parsed);
	return Object.fromEntries(Object.entries(branch).map(([key, value]) => [key, parsed(value)]));
};

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const xmlOf = (value: QueryValue): string => {
	if (typeof value === "string") return escaped(value);
	if (Array.isArray(value)) return value.map((member: QueryValue) => `<member>${xmlOf(member)}</member>`).join("");
	return Object.entries(value)
		.map(([key, member]: [string, QueryValue]) => `<${key}>${xmlOf(member)}</${key}>`)
		.join("");
};
