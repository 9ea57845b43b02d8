import { describe, expect, it } from "vitest";
import { idleState } from "../../lib/domain/service-state.ts";
import { EnrolmentConflictError, type EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import { StoreUnavailableError } from "../../lib/ports/service-store.ts";
import { contractRelease } from "./contract-state.ts";

export interface EnrolmentRecordSetup {
	/** Of a table with nothing in it. */
	readonly record: EnrolmentRecord;
	/** The service's rollout begins: its record is no longer idle. */
	begin(): Promise<void>;
	/** From now on nothing arrives. */
	silence(): void;
}

const release = contractRelease("a", "v1");
const stateAt = (epoch: number) => ({ ...idleState("checkout", "blue", release, epoch), epoch });

/** What every EnrolmentRecord promises. */
export const enrolmentRecordContract = (name: string, make: () => EnrolmentRecordSetup): void => {
	describe(`${name} keeps the contract of EnrolmentRecord`, () => {
		it("given a service that was never there, reads nothing", async () => {
			expect(await make().record.read("checkout")).toEqual({ record: null, tombstone: null });
		});

		it("given an enrolment, reads what was written, and refuses a second one", async () => {
			const { record } = make();
			await record.enrol(stateAt(1));

			expect(await record.read("checkout")).toEqual({ record: stateAt(1), tombstone: null });
			await expect(record.enrol(stateAt(2))).rejects.toThrow(EnrolmentConflictError);
		});

		it("given an idle record, takes it away and remembers what served", async () => {
			const { record } = make();
			await record.enrol(stateAt(4));

			await record.withdraw("checkout", 4, "blue", release);

			const leaving = { slot: "blue", release };
			expect(await record.read("checkout")).toEqual({ record: null, tombstone: { epoch: 4, leaving } });
		});

		it("given another epoch, or a rollout under way, leaves the record alone", async () => {
			const { record, begin } = make();
			await record.enrol(stateAt(4));

			await expect(record.withdraw("checkout", 3, "blue", release)).rejects.toThrow(EnrolmentConflictError);
			await begin();
			await expect(record.withdraw("checkout", 4, "blue", release)).rejects.toThrow(EnrolmentConflictError);

			expect((await record.read("checkout")).record).toMatchObject({ epoch: 4 });
		});

		it("given an enrolment that comes after the service was given back, refuses it unless its epoch is higher", async () => {
			const { record } = make();
			await record.enrol(stateAt(4));
			await record.withdraw("checkout", 4, "blue", release);
			await record.close("checkout", 4);

			await expect(record.enrol(stateAt(4))).rejects.toThrow(EnrolmentConflictError);
			await record.enrol(stateAt(5));

			expect(await record.read("checkout")).toEqual({ record: stateAt(5), tombstone: { epoch: 4 } });
		});

		it("given a close, leaves nothing but the epoch; again it changes nothing, and never goes back", async () => {
			const { record } = make();
			await record.close("checkout", 7);
			await record.close("checkout", 7);

			await expect(record.close("checkout", 6)).rejects.toThrow(EnrolmentConflictError);
			expect(await record.read("checkout")).toEqual({ record: null, tombstone: { epoch: 7 } });
		});

		it("given a service barred without a record, says that it leaves, until it is closed; never goes back", async () => {
			const { record } = make();
			await record.bar("checkout", 3, {});
			await record.bar("checkout", 3, {});

			expect(await record.read("checkout")).toEqual({ record: null, tombstone: { epoch: 3, leaving: {} } });
			await expect(record.bar("checkout", 2, {})).rejects.toThrow(EnrolmentConflictError);
			await expect(record.enrol(stateAt(3))).rejects.toThrow(EnrolmentConflictError);
			await record.close("checkout", 3);
			expect((await record.read("checkout")).tombstone).toEqual({ epoch: 3 });
		});

		it("given silence, says so of every method", async () => {
			const { record, silence } = make();
			silence();

			for (const asked of [
				record.read("checkout"),
				record.enrol(stateAt(1)),
				record.withdraw("checkout", 1, "blue", release),
				record.bar("checkout", 1, {}),
				record.close("checkout", 1),
			])
				await expect(asked).rejects.toThrow(StoreUnavailableError);
		});
	});
};
