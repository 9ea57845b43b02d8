import { UnavailableError } from "./errors.ts";

/** Whether an enrolment has begun, or where it stands, is not known. Beginning again goes on where the world stands. */
export class EnrolmentsUnavailableError extends UnavailableError {
	override readonly name = "EnrolmentsUnavailableError";
}

/** What somebody wants of a service: into Sluice's care, or out of it. */
export interface EnrolmentRequest {
	readonly service: string;
	readonly wish: "enrol" | "release";
	/** Priority of the user's own rule that serves it now; null where there is none to be found by it. */
	readonly fromPriority: number | null;
	/** Only says what would be done. */
	readonly dryRun: boolean;
	/** Identity of the person. */
	readonly by: string;
}

/** How an enrolment ended; its report is whatever the machine put out, null where it put out nothing. */
export interface EnrolmentEnding {
	readonly isSucceeded: boolean;
	readonly report: unknown;
}

/** Takes services in and gives them back, minutes long and by itself. All methods throw EnrolmentsUnavailableError. */
export interface Enrolments {
	/** @returns what to ask for its ending by. */
	begin(request: EnrolmentRequest, id: string): Promise<string>;
	/** Null while it goes on. */
	ending(begun: string): Promise<EnrolmentEnding | null>;
}
