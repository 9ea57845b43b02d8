import { beforeAll, describe, expect, it } from "vitest";
import { allCheckers } from "../../../simulator/checkers/all-checkers.ts";
import { rehearse } from "../rehearsal.ts";
import { Breaking } from "./breaking.ts";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

describe("a deliberate break", () => {
	let breaking: Breaking;

	beforeAll(async () => {
		breaking = new Breaking(await rehearse());
	});

	const isCaught = ({ caughtBy, says = "" }: Mutant, broken: readonly string[]): boolean =>
		broken.some((sentence) => sentence.startsWith(`${caughtBy.promise} `) && sentence.includes(says));

	it.each(mutants.map((mutant) => [mutant.what, mutant] as const))(
		"given %s, its checker says so",
		async (_, mutant) => {
			const whole: string[] = [];
			const broken: string[] = [];
			for (let seed = 1; seed <= (mutant.seeds ?? 1) && !isCaught(mutant, broken); seed++) {
				whole.push(...(await breaking.spared(mutant, seed)).broken);
				broken.push(...(await breaking.broken(mutant, seed)).broken);
			}

			expect(whole).toEqual([]);
			expect(isCaught(mutant, broken), `not caught by its checker, but ${JSON.stringify(broken)}`).toBe(true);
		},
	);

	it.each(allCheckers.map(({ promise }) => promise))(
		"given the promise %s some break proves that its checker can see",
		(promise) => {
			const proving = mutants.filter(({ caughtBy }) => caughtBy.promise === promise);

			expect(proving.length).toBeGreaterThan(0);
		},
	);
});
