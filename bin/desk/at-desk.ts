import type { EnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";
import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import type { ScenarioResult } from "../../simulator/scenarios/scenario-result.ts";
import type { TimelineEntry } from "../../simulator/scenarios/timeline.ts";
import type { Line } from "../command-line.ts";
import { readEnvironmentFile } from "../environment-file.ts";
import { parseSeeds } from "../seeds.ts";
import { UsageError } from "../usage-error.ts";
import { awsDesk } from "./aws-desk.ts";
import { awsTroubleOf } from "./aws-trouble-error.ts";
import type { Desk } from "./desk.ts";
import { NotEnrolledError } from "./not-enrolled-error.ts";
import { UnknownServiceError } from "./unknown-service-error.ts";

/** What work at a desk came to, and how the story ended that it was part of; null on AWS, which has no end. */
export interface Worked<T> {
	readonly answer: T;
	readonly ending: ScenarioResult | null;
}

/** Who acts in a story where nobody is named: whom the rehearsed configuration names as approver. */
const usualPerson = "release-manager";

const secondsOf = (text: string): number => {
	const seconds = Number(text);
	if (/^\d+(\.\d+)?$/.test(text) && seconds <= 1_000_000) return seconds;
	throw new UsageError(`--at "${text}" is not valid; allowed are seconds since the story began, as in 600.`);
};

const refuseStrangers = ({ flags }: Line): void => {
	const { environment, in: scenario, at, by, seed } = flags;
	if (scenario !== undefined && environment !== undefined)
		throw new UsageError("--in and --environment cannot go together: ask the simulator or AWS.");
	if (scenario !== undefined && at === undefined) throw new UsageError("--in needs --at SECONDS: which moment of it.");
	const astray = Object.entries({ at, by, seed }).find(([, value]) => value !== undefined)?.[0];
	if (scenario === undefined && astray !== undefined)
		throw new UsageError(`--${astray} needs --in SCENARIO; on AWS it is now, and you are who your credentials say.`);
};

/** A service that is not known is a mistake, and the names that are known help with it. */
const helping =
	<T>(service: string | undefined, work: (desk: Desk) => Promise<T>) =>
	async (desk: Desk): Promise<T> => {
		try {
			return await work(desk);
		} catch (error) {
			const isUnknown = error instanceof InvalidServiceError || error instanceof InvalidDefinitionError;
			if (!isUnknown || service === undefined) throw error;
			const known = await desk.catalog.list();
			if (known.includes(service)) throw new NotEnrolledError(service, desk.place);
			throw new UnknownServiceError(service, desk.place, known);
		}
	};

/** What AWS answers is for programs; whoever types is told what to do about it. */
const advised = async <T>(config: EnvironmentConfig, work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		throw awsTroubleOf(error, config) ?? error;
	}
};

/**
 * Does something at the desk that the flags name. In the simulator a story that is to go on is told from there on.
 * @throws UsageError, UnknownServiceError, NotEnrolledError, AwsTroubleError, InvalidScenarioError, InvalidEnvironmentFileError
 */
export const atDesk = async <T>(
	line: Line,
	work: (desk: Desk) => Promise<T>,
	goesOn: ((entry: TimelineEntry) => void) | null = null,
): Promise<Worked<T>> => {
	refuseStrangers(line);
	const { words, flags } = line;
	const helped = helping(words[0], work);
	if (flags.in === undefined) {
		const config = readEnvironmentFile(flags.environment ?? "production");
		return { answer: await advised(config, () => helped(awsDesk(config))), ending: null };
	}
	// Loaded only where it is asked for: on AWS nobody waits for it.
	const [{ prepareRehearsal }, { scenarioOf }, { visit }] = await Promise.all([
		import("../rehearsal.ts"),
		import("../../simulator/scenarios/all-scenarios.ts"),
		import("./simulated-desk.ts"),
	]);
	const moment = {
		scenario: scenarioOf(flags.in),
		seed: parseSeeds(flags.seed, undefined)[0],
		atSeconds: secondsOf(flags.at ?? ""),
		by: flags.by ?? usualPerson,
	};
	const prepared = await prepareRehearsal({ environment: moment.scenario.environment });
	const { answer, result } = await visit(prepared, moment, helped, goesOn);
	return { answer, ending: result };
};
