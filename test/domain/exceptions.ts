/** The first few of what breaks a claim: none. Judged one by one, thousands of cases would drown the message. */
export const exceptions = <T>(all: readonly T[], claim: (one: T) => boolean): readonly T[] =>
	all.filter((one) => !claim(one)).slice(0, 3);
