import type { WireAnswer, WireRequest } from "./wire.ts";

/** How a JSON service says no: the exception's name, and what else its answer holds. */
export class JsonRefusal extends Error {
	override readonly name = "JsonRefusal";
	readonly type: string;
	readonly details: object;
	constructor(type: string, message: string, details: object = {}) {
		super(message);
		this.type = type;
		this.details = details;
	}
}

/** The answer that carries a refusal over the wire. */
export const refusalAnswer = (type: string, message: string, details: object = {}, status = 400): WireAnswer => ({
	status,
	headers: { "content-type": "application/x-amz-json-1.0" },
	body: JSON.stringify({ __type: `com.amazonaws.example#${type}`, message, ...details }),
});

type Operation = (input: Record<string, unknown>) => object;

/** A product that speaks awsJson: the operation's name is in a header, input and output are documents. */
export const jsonProduct =
	(target: string, version: "1.0" | "1.1", operations: Readonly<Record<string, Operation>>) =>
	(request: WireRequest): WireAnswer => {
		const contentType = `application/x-amz-json-${version}`;
		const [prefix, name = ""] = request.headers["x-amz-target"]?.split(".") ?? [];
		const operation = operations[name];
		if (request.method !== "POST" || request.headers["content-type"] !== contentType || prefix !== target)
			return refusalAnswer("UnknownOperationException", `${request.method} ${request.headers["x-amz-target"]}`);
		if (operation === undefined) return refusalAnswer("UnknownOperationException", name);
		try {
			const output = operation(JSON.parse(request.body) as Record<string, unknown>);
			return { status: 200, headers: { "content-type": contentType }, body: JSON.stringify(output) };
		} catch (error) {
			if (error instanceof JsonRefusal) return refusalAnswer(error.type, error.message, error.details);
			throw error;
		}
	};
