/** An expression uses something this simulator does not compute exactly. Found when alarms are loaded. */
export class InvalidExpressionError extends Error {
	override readonly name = "InvalidExpressionError";
	constructor(expression: string, what: string) {
		super(
			`Metric math expression "${expression}": ${what}. Allowed are numbers, ids, parentheses, + - * /, ` +
				`the comparisons == != < <= > >=, IF(condition, a, b) and FILL(id, number).`,
		);
	}
}

/** Computes one point from the values of all ids at that time, in the order the ids were given. NaN is a missing value. */
export type PointFormula = (values: Float64Array) => number;

/** A series has a value per time or none; a scalar always has the same. Gaps are a matter between two series only. */
interface Operand {
	readonly isSeries: boolean;
	readonly at: PointFormula;
}

type Operation = (left: number, right: number) => number;

const operations: Readonly<Record<string, Operation>> = {
	"+": (left, right) => left + right,
	"-": (left, right) => left - right,
	"*": (left, right) => left * right,
	"/": (left, right) => (right === 0 ? Number.NaN : left / right),
	"==": (left, right) => Number(left === right),
	"!=": (left, right) => Number(left !== right),
	"<": (left, right) => Number(left < right),
	"<=": (left, right) => Number(left <= right),
	">": (left, right) => Number(left > right),
	">=": (left, right) => Number(left >= right),
};

const comparisons = ["==", "!=", "<", "<=", ">", ">="];

const tokenPattern =
	/\s*(?:([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|<=|>=|[-+*/()<>,]|"[^"]*"|'[^']*'))/y;

interface Token {
	readonly kind: "number" | "name" | "sign" | "end";
	readonly text: string;
}

const endToken: Token = { kind: "end", text: "" };

const tokensOf = (expression: string): readonly Token[] => {
	const tokens: Token[] = [];
	const text = expression.trimEnd();
	tokenPattern.lastIndex = 0;
	while (tokenPattern.lastIndex < text.length) {
		const at = tokenPattern.lastIndex;
		const match = tokenPattern.exec(text);
		if (match === null) {
			throw new InvalidExpressionError(expression, `"${text.slice(at).trim().charAt(0)}" is not supported`);
		}
		const [, number, name, sign] = match;
		if (number !== undefined) tokens.push({ kind: "number", text: number });
		else if (name !== undefined) tokens.push({ kind: "name", text: name });
		else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
	}
	return tokens;
};

/** Reads one expression by recursive descent, straight into functions. */
class ExpressionReader {
	readonly #expression: string;
	readonly #ids: readonly string[];
	readonly #tokens: readonly Token[];
	#next = 0;

	constructor(expression: string, ids: readonly string[]) {
		this.#expression = expression;
		this.#ids = ids;
		this.#tokens = tokensOf(expression);
	}

	readAll(): Operand {
		const operand = this.#comparison();
		if (this.#peek().kind !== "end") throw this.#refusal(`"${this.#peek().text}" is not expected there`);
		return operand;
	}

	#peek(): Token {
		return this.#tokens[this.#next] ?? endToken;
	}

	#take(): Token {
		const token = this.#peek();
		this.#next++;
		return token;
	}

	#takeSign(text: string): void {
		const token = this.#take();
		if (token.kind !== "sign" || token.text !== text) throw this.#refusal(`"${text}" is expected, not "${token.text}"`);
	}

	/** The next sign, if it is one of these. */
	#takeAny(signs: readonly string[]): Operation | null {
		const { kind, text } = this.#peek();
		if (kind !== "sign" || !signs.includes(text)) return null;
		this.#next++;
		return operations[text] ?? null;
	}

	#comparison(): Operand {
		const left = this.#chain(["+", "-"], () => this.#chain(["*", "/"], () => this.#unary()));
		const compare = this.#takeAny(comparisons);
		if (compare === null) return left;
		return this.#combined(
			compare,
			left,
			this.#chain(["+", "-"], () => this.#chain(["*", "/"], () => this.#unary())),
		);
	}

	#chain(signs: readonly string[], readOperand: () => Operand): Operand {
		let left = readOperand();
		for (let operation = this.#takeAny(signs); operation !== null; operation = this.#takeAny(signs)) {
			left = this.#combined(operation, left, readOperand());
		}
		return left;
	}

	#unary(): Operand {
		if (this.#takeAny(["-"]) === null) return this.#primary();
		const { isSeries, at } = this.#unary();
		return { isSeries, at: (values) => -at(values) };
	}

	#primary(): Operand {
		const token = this.#take();
		if (token.kind === "number") {
			const value = Number(token.text);
			return { isSeries: false, at: () => value };
		}
		if (token.kind === "name") {
			if (this.#peek().text === "(") return this.#call(token.text);
			return this.#series(token.text);
		}
		if (token.text !== "(") throw this.#refusal(`"${token.text}" is not expected there`);
		const inner = this.#comparison();
		this.#takeSign(")");
		return inner;
	}

	#call(name: string): Operand {
		if (name !== "IF" && name !== "FILL") throw this.#refusal(`function "${name}" is not supported`);
		this.#takeSign("(");
		const operand = name === "IF" ? this.#choice() : this.#filled();
		this.#takeSign(")");
		return operand;
	}

	#series(id: string): Operand {
		const index = this.#ids.indexOf(id);
		if (index < 0) throw this.#refusal(`"${id}" is none of the ids ${this.#ids.join(", ")}`);
		return { isSeries: true, at: (values) => values[index] as number };
	}

	#filled(): Operand {
		const id = this.#take();
		if (id.kind !== "name") throw this.#refusal(`FILL of anything but an id, as "${id.text}", is not supported`);
		const { at } = this.#series(id.text);
		this.#takeSign(",");
		const isNegative = this.#takeAny(["-"]) !== null;
		const filler = this.#take();
		if (filler.kind !== "number") throw this.#refusal(`FILL with "${filler.text}" is not supported`);
		const value = isNegative ? -Number(filler.text) : Number(filler.text);
		const fill: PointFormula = (values) => {
			const present = at(values);
			return Number.isNaN(present) ? value : present;
		};
		return { isSeries: true, at: fill };
	}

	#choice(): Operand {
		const condition = this.#comparison();
		this.#takeSign(",");
		const positive = this.#comparison();
		this.#takeSign(",");
		const negative = this.#comparison();
		const fillsPositive = condition.isSeries && positive.isSeries;
		const choose: PointFormula = (values) => {
			const decided = condition.at(values);
			if (Number.isNaN(decided)) return Number.NaN;
			if (decided === 0) return negative.at(values);
			const value = positive.at(values);
			return fillsPositive && Number.isNaN(value) ? 0 : value;
		};
		return { isSeries: condition.isSeries || positive.isSeries || negative.isSeries, at: choose };
	}

	#combined(operation: Operation, left: Operand, right: Operand): Operand {
		const fills = left.isSeries && right.isSeries;
		const combine: PointFormula = (values) => {
			const first = left.at(values);
			const second = right.at(values);
			const isFirstMissing = Number.isNaN(first);
			const isSecondMissing = Number.isNaN(second);
			if (!isFirstMissing && !isSecondMissing) return operation(first, second);
			if (!fills || (isFirstMissing && isSecondMissing)) return Number.NaN;
			return operation(isFirstMissing ? 0 : first, isSecondMissing ? 0 : second);
		};
		return { isSeries: left.isSeries || right.isSeries, at: combine };
	}

	#refusal(what: string): InvalidExpressionError {
		return new InvalidExpressionError(this.#expression, what);
	}
}

/**
 * Reads a metric math expression. Dividing by zero gives a missing value. Where two series are combined and only one has
 * a value at that time, the other counts as zero; where neither has, so has the result none.
 * @throws InvalidExpressionError naming what is not supported, and where the result is a scalar, as AWS refuses it too.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export const compileExpression = (expression: string, ids: readonly string[]): PointFormula => {
	const { isSeries, at } = new ExpressionReader(expression, ids).readAll();
	if (!isSeries) throw new InvalidExpressionError(expression, "its result is a single number, not a time series");
	return at;
};
