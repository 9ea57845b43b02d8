import { type AlarmDefinition, type ComparisonOperator, extraPeriods } from "./alarm-definition.ts";
import { InvalidAlarmError } from "./alarm-properties.ts";
import type { AlarmQuery, ExpressionQuery } from "./alarm-query.ts";
import { compileExpression, type PointFormula } from "./metric-math.ts";
import type { MetricStore } from "./metric-store.ts";
import { type AlarmState, judgeFindings, type PeriodFinding } from "./missing-data.ts";

/** One evaluation of an alarm: the state it calls for and the data that says so. */
export interface Evaluation {
	readonly state: AlarmState;
	/** Values of the evaluation range, oldest first; NaN where data were missing. Valid until the next evaluation. */
	readonly values: Float64Array;
	/** Start of the oldest period in the range. */
	readonly startEpochMs: number;
}

/** Evaluates one metric alarm. */
export interface AlarmEvaluator {
	/** Judges the periods that are complete at this moment. Changes nothing. */
	evaluate(nowEpochMs: number, current: AlarmState): Evaluation;
}

const breaches: Readonly<Record<ComparisonOperator, (value: number, threshold: number) => boolean>> = {
	GreaterThanThreshold: (value, threshold) => value > threshold,
	GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
	LessThanThreshold: (value, threshold) => value < threshold,
	LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Expressions in an order in which each finds what it uses already computed. */
const inOrder = (name: string, queries: readonly AlarmQuery[]): readonly ExpressionQuery[] => {
	const done = new Set(queries.filter(({ kind }) => kind === "metric").map(({ id }) => id));
	const waiting = queries.filter((query): query is ExpressionQuery => query.kind === "expression");
	const ordered: ExpressionQuery[] = [];
	const ids = new Set(queries.map(({ id }) => id));
	const usedBy = ({ expression }: ExpressionQuery): readonly string[] =>
		(expression.match(/\b[A-Za-z_][A-Za-z0-9_]*/g) ?? []).filter((word) => ids.has(word));
	while (waiting.length > 0) {
		const index = waiting.findIndex((query) => usedBy(query).every((id) => done.has(id)));
		const [next] = index < 0 ? [] : waiting.splice(index, 1);
		if (next === undefined) {
			throw new InvalidAlarmError(name, "Metrics", waiting, "a list in which no expression depends on itself");
		}
		done.add(next.id);
		ordered.push(next);
	}
	return ordered;
};

/** Computes the value of one period into the shared buffer and returns it. */
const makeReader = (definition: AlarmDefinition, metrics: MetricStore): ((fromEpochMs: number) => number) => {
	const { name, queries } = definition;
	const periodMs = definition.periodSeconds * 1_000;
	const ids = queries.map(({ id }) => id);
	const values = new Float64Array(ids.length).fill(Number.NaN);
	const steps: ((fromEpochMs: number) => void)[] = [];
	for (const query of queries) {
		if (query.kind === "expression") continue;
		const at = ids.indexOf(query.id);
		const series = metrics.series(query.identity);
		steps.push((fromEpochMs) => {
			values[at] = series.read(query.statistic, fromEpochMs, periodMs);
		});
	}
	for (const query of inOrder(name, queries)) {
		const at = ids.indexOf(query.id);
		const formula: PointFormula = compileExpression(query.expression, ids);
		steps.push(() => {
			values[at] = formula(values);
		});
	}
	const returned = queries.findIndex(({ returnsData }) => returnsData);
	return (fromEpochMs) => {
		for (const step of steps) step(fromEpochMs);
		return values[returned] as number;
	};
};

/**
 * Makes the evaluator of a metric alarm; expressions are compiled and metrics looked up once.
 * @throws InvalidExpressionError, InvalidAlarmError
 */
export const createAlarmEvaluator = (definition: AlarmDefinition, metrics: MetricStore): AlarmEvaluator => {
	const readPeriod = makeReader(definition, metrics);
	const periodMs = definition.periodSeconds * 1_000;
	const range = definition.evaluationPeriods + extraPeriods;
	const isBreaching = breaches[definition.operator];
	const values = new Float64Array(range);
	const findings: PeriodFinding[] = new Array(range).fill("missing");
	return {
		evaluate: (nowEpochMs, current) => {
			const startEpochMs = (Math.floor(nowEpochMs / periodMs) - range) * periodMs;
			for (let index = 0; index < range; index++) {
				const value = readPeriod(startEpochMs + index * periodMs);
				values[index] = value;
				if (Number.isNaN(value)) findings[index] = "missing";
				else findings[index] = isBreaching(value, definition.threshold) ? "breaching" : "within";
			}
			return { state: judgeFindings(findings, definition, current), values, startEpochMs };
		},
	};
};
