import { imageIdOf } from "../../lib/domain/release.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Transition } from "../../lib/domain/transition.ts";
import {
	InvalidServiceError,
	ReleaseSeenConflictError,
	SeatsTakenConflictError,
	type ServiceStore,
	StoreConflictError,
	StoreUnavailableError,
} from "../../lib/ports/service-store.ts";
import type { Caller, RemoteCall } from "../kernel/caller.ts";
import { Refusal } from "../world/refusal.ts";
import { CancelledTransaction, FailedCondition } from "../world/store-table.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

const neverEnrolled = (service: string): InvalidServiceError =>
	new InvalidServiceError(`Service "${service}" was never enrolled: allowed are services that the table holds.`);

const refusalOf = (service: string, { condition }: Transition, item: ServiceState | null): Error => {
	if (item === null) return neverEnrolled(service);
	const { epoch, phase, rolloutId } = item;
	return new StoreConflictError(
		`Service "${service}" is at ${JSON.stringify({ epoch, phase, rolloutId })}: allowed is ${JSON.stringify(condition)}.`,
		item,
	);
};

/**
 * The service store on the world's table: GetItem, UpdateItem, TransactWriteItems followed by GetItem, and Query on the
 * index. A table of another name than the world's does not exist, as with a wrong variable in production.
 */
export const fakeServiceStore = (
	world: Pick<World, "table" | "arns">,
	caller: Caller,
	tableName: string,
): ServiceStore => {
	const { table, arns } = world;
	const resource = arns.table(tableName);
	const call = async <T>(request: RemoteCall, effect: () => T): Promise<T> =>
		caller.call(request, () => {
			if (tableName === table.tableName) return effect();
			throw new Refusal("ResourceNotFoundException", `Table "${tableName}" does not exist.`);
		});
	const unavailable = (operation: string, error: unknown): Error => failureOf(operation, error, StoreUnavailableError);

	const read = async (service: string): Promise<ServiceState> => {
		let state: ServiceState | null;
		try {
			state = await call({ operation: "dynamodb:GetItem", resource }, () => table.get(service));
		} catch (error) {
			throw unavailable("GetItem", error);
		}
		if (state === null) throw neverEnrolled(service);
		return state;
	};

	return {
		read,
		write: async (service, transition) => {
			try {
				return await call({ operation: "dynamodb:UpdateItem", resource }, () => table.update(service, transition));
			} catch (error) {
				if (error instanceof FailedCondition) throw refusalOf(service, transition, error.item);
				throw unavailable("UpdateItem", error);
			}
		},
		admit: async (service, release, transition, terms = {}) => {
			const authorisedAs = [{ action: "dynamodb:PutItem" }, { action: "dynamodb:UpdateItem" }];
			try {
				await call({ operation: "dynamodb:TransactWriteItems", resource, authorisedAs }, () =>
					table.admit(service, imageIdOf(release), transition, terms),
				);
			} catch (error) {
				if (!(error instanceof CancelledTransaction)) throw unavailable("TransactWriteItems", error);
				if (error.isReleaseSeen) {
					throw new ReleaseSeenConflictError(
						`Image "${imageIdOf(release)}" of service "${service}" was admitted before.`,
						{
							cause: error,
						},
					);
				}
				if (error.failedCondition !== null) throw refusalOf(service, transition, error.failedCondition.item);
				const holders = error.holders ?? [];
				throw new SeatsTakenConflictError(`No seat is free for service "${service}": ${holders.join(", ")}.`, holders);
			}
			return read(service);
		},
		listBusy: async () => {
			try {
				const index = arns.index(tableName, "busy");
				return await call({ operation: "dynamodb:Query", resource: index }, () => table.queryBusy());
			} catch (error) {
				throw unavailable("Query", error);
			}
		},
	};
};
