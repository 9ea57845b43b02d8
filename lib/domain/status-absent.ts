import type { Tombstone } from "./enrolment-facts.ts";
import { releaseText } from "./release-text.ts";

/** A service that is declared and has no record: what that means, and how to go on. */
export interface AbsentStatus {
	readonly service: string;
	/** `leaving`: it is being given back, or that was cut off. */
	readonly absence: "not-enrolled" | "leaving" | "given-back";
	readonly serves: string;
	readonly next: string;
}

/** How a declared service stands that Sluice has no record of, by what an earlier life left behind. */
export const absentStatusOf = (service: string, tombstone: Tombstone | null): AbsentStatus => {
	if (tombstone?.leaving === undefined) {
		const isBack = tombstone !== null;
		return {
			service,
			absence: isBack ? "given-back" : "not-enrolled",
			serves: `Your own Deployment, or what an enrolment under way has put in its place: it ${isBack ? "was given back" : "is declared and not enrolled"}, and pushes are not rolled out.`,
			next: `\`sluice enrol ${service} --dry-run\` says what remains to be done and what forbids it; \`sluice enrol ${service}\` does it, or goes on where an earlier one was cut off.`,
		};
	}
	const { slot, release } = tombstone.leaving;
	const served =
		slot === undefined || release === undefined ? "" : ` from slot ${slot}, which serves ${releaseText(release)}`;
	return {
		service,
		absence: "leaving",
		serves: `It is being given back${served}; pushes are not rolled out.`,
		next: `\`sluice release-service ${service}\` goes on and says how it ends; \`--dry-run\` with it says what remains.`,
	};
};
