import type { AlarmDefinition } from "./alarm-definition.ts";
import type { AlarmQuery } from "./alarm-query.ts";

const metricOf = (query: AlarmQuery): object => {
	if (query.kind === "expression") {
		return {
			expression: query.expression,
			id: query.id,
			...(query.label === undefined ? {} : { label: query.label }),
			returnData: query.returnsData,
		};
	}
	const { namespace, name, dimensions } = query.identity;
	return {
		id: query.id,
		metricStat: { metric: { dimensions, name, namespace }, period: query.periodSeconds, stat: query.statistic },
		returnData: query.returnsData,
	};
};

/** The `configuration` that CloudWatch puts into the events of a metric alarm. */
export const configurationOf = ({ description, queries }: AlarmDefinition): object => ({
	...(description === null ? {} : { description }),
	metrics: queries.map(metricOf),
});
