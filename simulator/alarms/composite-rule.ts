import type { AlarmState } from "./missing-data.ts";

/** A rule of a composite alarm that this simulator does not evaluate. Found when alarms are loaded. */
export class InvalidAlarmRuleError extends Error {
	override readonly name = "InvalidAlarmRuleError";
	constructor(rule: string, what: string) {
		super(
			`Alarm rule ${JSON.stringify(rule)}: ${what}. Allowed are ALARM("name"), OK("name"), INSUFFICIENT_DATA("name"), ` +
				"TRUE, FALSE, AND, OR, NOT and parentheses; an alarm's ARN may stand for its name.",
		);
	}
}

/** A composite alarm's rule, ready to evaluate. */
export interface CompositeRule {
	/** Names of the alarms it looks at. */
	readonly alarmNames: readonly string[];
	holds(stateOf: (alarmName: string) => AlarmState): boolean;
}

type Clause = CompositeRule["holds"];

const functions: Readonly<Record<string, AlarmState>> = {
	ALARM: "ALARM",
	OK: "OK",
	INSUFFICIENT_DATA: "INSUFFICIENT_DATA",
};

const nameOf = (reference: string): string =>
	/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(reference)?.[1] ?? reference;

/** A reference to an alarm is one token together with its function, because a bare name may hold nearly anything. */
const tokenPattern = /\s*(?:([A-Z_]+)\s*\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\)|([A-Z_]+)|([()]))/y;

type Token =
	| { readonly kind: "state"; readonly state: AlarmState; readonly alarmName: string }
	| { readonly kind: "word"; readonly text: string };

const tokensOf = (rule: string): readonly Token[] => {
	const tokens: Token[] = [];
	const text = rule.trimEnd();
	tokenPattern.lastIndex = 0;
	while (tokenPattern.lastIndex < text.length) {
		const at = tokenPattern.lastIndex;
		const match = tokenPattern.exec(text);
		if (match === null) throw new InvalidAlarmRuleError(rule, `"${text.slice(at).trim()}" is not supported`);
		const [, called, quoted, bare, word, sign] = match;
		if (called === undefined) {
			tokens.push({ kind: "word", text: word ?? sign ?? "" });
			continue;
		}
		const state = functions[called];
		if (state === undefined) throw new InvalidAlarmRuleError(rule, `"${called}(…)" is not supported`);
		tokens.push({ kind: "state", state, alarmName: nameOf(quoted ?? bare ?? "") });
	}
	return tokens;
};

/**
 * Reads the `AlarmRule` of an AWS::CloudWatch::CompositeAlarm. NOT binds stronger than AND, and AND stronger than OR.
 * @throws InvalidAlarmRuleError naming what is not supported, as AT_LEAST.
 */
export const parseCompositeRule = (rule: string): CompositeRule => {
	const tokens = tokensOf(rule);
	let next = 0;
	const takeWord = (text: string): boolean => {
		const token = tokens[next];
		const isThere = token?.kind === "word" && token.text === text;
		if (isThere) next++;
		return isThere;
	};
	const readPrimary = (): Clause => {
		if (takeWord("NOT")) {
			const negated = readPrimary();
			return (stateOf) => !negated(stateOf);
		}
		if (takeWord("TRUE")) return () => true;
		if (takeWord("FALSE")) return () => false;
		if (takeWord("(")) {
			const inner = readAny();
			if (!takeWord(")")) throw new InvalidAlarmRuleError(rule, 'a ")" is missing');
			return inner;
		}
		const token = tokens[next++];
		if (token?.kind === "state") return (stateOf) => stateOf(token.alarmName) === token.state;
		throw new InvalidAlarmRuleError(rule, `"${token?.text ?? ""}" is not expected there`);
	};
	const readAll = (): Clause => {
		const clauses = [readPrimary()];
		while (takeWord("AND")) clauses.push(readPrimary());
		return (stateOf) => clauses.every((clause) => clause(stateOf));
	};
	const readAny = (): Clause => {
		const clauses = [readAll()];
		while (takeWord("OR")) clauses.push(readAll());
		return (stateOf) => clauses.some((clause) => clause(stateOf));
	};
	const holds = readAny();
	const rest = tokens[next];
	if (rest !== undefined) {
		throw new InvalidAlarmRuleError(
			rule,
			`"${rest.kind === "word" ? rest.text : rest.alarmName}" is not expected there`,
		);
	}
	const alarmNames = tokens.flatMap((token) => (token.kind === "state" ? [token.alarmName] : []));
	return { alarmNames: [...new Set(alarmNames)], holds };
};
