import { startEpochMs } from "../system/make-system.ts";

/** As many as say what is wrong; more would repeat it. */
const mostSentences = 3;

/** What a checker has found broken in one run: the first few, each with its moment in virtual seconds. */
export class Findings {
	readonly sentences: string[] = [];

	/** Remembers one way in which the promise was broken, unless enough are known. */
	add(atEpochMs: number, sentence: string): void {
		if (this.sentences.length === mostSentences) return;
		this.sentences.push(`At ${Math.round(atEpochMs - startEpochMs) / 1000} s ${sentence}`);
	}
}
