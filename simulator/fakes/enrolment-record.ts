import { EnrolmentConflictError, type EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import { StoreUnavailableError } from "../../lib/ports/service-store.ts";
import type { Caller, Permission } from "../kernel/caller.ts";
import { Refusal } from "../world/refusal.ts";
import { CancelledTransaction } from "../world/store-table.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** Records that come and go in the world's table: two GetItem to read, one TransactWriteItems for each change. */
export const fakeEnrolmentRecord = (
	world: Pick<World, "table" | "arns">,
	caller: Caller,
	tableName: string,
): EnrolmentRecord => {
	const { table, arns } = world;
	const resource = arns.table(tableName);
	const reach = <T>(effect: () => T): T => {
		if (tableName === table.tableName) return effect();
		throw new Refusal("ResourceNotFoundException", `Table "${tableName}" does not exist.`);
	};
	const get = async <T>(about: string, effect: () => T): Promise<T> => {
		try {
			return await caller.call({ operation: "dynamodb:GetItem", resource, about }, () => reach(effect));
		} catch (error) {
			throw failureOf("GetItem", error, StoreUnavailableError);
		}
	};
	const transact = async (what: string, actions: readonly string[], effect: () => void): Promise<void> => {
		const authorisedAs: Permission[] = actions.map((action) => ({ action: `dynamodb:${action}` }));
		try {
			await caller.call({ operation: "dynamodb:TransactWriteItems", resource, authorisedAs }, () => reach(effect));
		} catch (error) {
			if (!(error instanceof CancelledTransaction)) throw failureOf("TransactWriteItems", error, StoreUnavailableError);
			throw new EnrolmentConflictError(`${what}: the record is not as it was read.`, { cause: error });
		}
	};
	return {
		read: async (service) => {
			const [record, tombstone] = await Promise.all([
				get(`${service} state`, () => table.get(service)),
				get(`${service} tombstone`, () => table.tombstone(service)),
			]);
			return { record, tombstone };
		},
		enrol: (state) =>
			transact(`Enrolling ${state.service} at epoch ${state.epoch}`, ["PutItem", "ConditionCheckItem"], () =>
				table.enrol(state),
			),
		withdraw: (service, epoch, slot, release) =>
			transact(`Withdrawing ${service} at epoch ${epoch}`, ["DeleteItem", "PutItem"], () =>
				table.withdraw(service, { epoch, leaving: { slot, release } }),
			),
		bar: (service, epoch, leaving) =>
			transact(`Barring ${service} at epoch ${epoch}`, ["PutItem"], () => table.leave(service, { epoch, leaving })),
		close: (service, epoch) =>
			transact(`Closing the record of ${service} at epoch ${epoch}`, ["PutItem"], () =>
				table.leave(service, { epoch }),
			),
	};
};
