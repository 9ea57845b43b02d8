import type { Release } from "../domain/release.ts";
import type { ServiceState } from "../domain/service-state.ts";
import type { Transition } from "../domain/transition.ts";
import { ConflictError, InvalidError, UnavailableError } from "./errors.ts";

/** The condition of a transition no longer holds. Carries the state that refused it. */
export class StoreConflictError extends ConflictError {
	override readonly name = "StoreConflictError";
	readonly current: ServiceState;
	constructor(message: string, current: ServiceState) {
		super(message);
		this.current = current;
	}
}

/** The image was admitted before; automatic admission happens once ever (D10). */
export class ReleaseSeenConflictError extends ConflictError {
	override readonly name = "ReleaseSeenConflictError";
}

/** As many rollouts are under way as the environment allows. Says which. */
export class SeatsTakenConflictError extends ConflictError {
	override readonly name = "SeatsTakenConflictError";
	readonly holders: readonly string[];
	constructor(message: string, holders: readonly string[]) {
		super(message);
		this.holders = holders;
	}
}

/** What an admission asks for besides its transition. */
export interface AdmissionTerms {
	/** Admitted again, because a person says so: that it was admitted before does not stop it. */
	readonly again?: boolean;
	/** The seat that it takes, and how many there are; none where the environment has no limit. */
	readonly seat?: { readonly rolloutId: string; readonly limit: number };
}

/** No service of that name was enrolled. */
export class InvalidServiceError extends InvalidError {
	override readonly name = "InvalidServiceError";
}

/** The store did not answer, or not in time. Whether it wrote is unknown. */
export class StoreUnavailableError extends UnavailableError {
	override readonly name = "StoreUnavailableError";
}

/** Serialises decisions: one item per service, conditional writes only (D4). All methods throw StoreUnavailableError. */
export interface ServiceStore {
	/** Strongly consistent. @throws InvalidServiceError when the service was never enrolled. */
	read(service: string): Promise<ServiceState>;
	/** Applies a transition as a whole or not at all, and answers the state after it. @throws StoreConflictError, InvalidServiceError */
	write(service: string, transition: Transition): Promise<ServiceState>;
	/**
	 * As `write`, and in the same transaction remembers that the release's image was admitted, whatever it is configured with.
	 * On terms, also takes a seat, or does not ask whether it was admitted before.
	 * @throws ReleaseSeenConflictError when it was admitted before, StoreConflictError when the condition fails,
	 * SeatsTakenConflictError when no seat is free.
	 */
	admit(service: string, release: Release, transition: Transition, terms?: AdmissionTerms): Promise<ServiceState>;
	/** Services whose phase is not idle; may lag by seconds. */
	listBusy(): Promise<readonly ServiceState[]>;
}
