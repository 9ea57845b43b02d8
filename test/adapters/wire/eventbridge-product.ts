import { JsonRefusal, jsonProduct } from "./json-product.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

interface Entry {
	readonly EventBusName: string;
	readonly Source: string;
	readonly DetailType: string;
	readonly Detail: string;
}

/** One bus of EventBridge as it looks from the wire, with what a rule's target would receive from it. */
export class EventbridgeProduct {
	readonly #busName: string;
	readonly #delivered: object[] = [];
	/** How many entries at the end of the next call are refused. */
	refusesNext = 0;
	readonly answer: (request: WireRequest) => WireAnswer;

	constructor(busName: string) {
		this.#busName = busName;
		this.answer = jsonProduct("AWSEvents", "1.1", {
			PutEvents: (input) => this.#putEvents(input.Entries as readonly Entry[]),
		});
	}

	/** Events in the bus's envelope, in the order they were taken. */
	get delivered(): readonly object[] {
		return this.#delivered;
	}

	#putEvents(entries: readonly Entry[]): object {
		if (entries.length < 1 || entries.length > 10)
			throw new JsonRefusal("ValidationException", "Member must have length between 1 and 10");
		const taken = entries.length - this.refusesNext;
		this.refusesNext = 0;
		const Entries = entries.map((entry, index) =>
			index < taken ? this.#deliver(entry) : { ErrorCode: "ThrottlingException", ErrorMessage: "Rate exceeded" },
		);
		return { FailedEntryCount: entries.length - taken, Entries };
	}

	#deliver({ EventBusName, Source, DetailType, Detail }: Entry): object {
		const id = `00000000-0000-4000-8000-${String(this.#delivered.length).padStart(12, "0")}`;
		const detail: unknown = JSON.parse(Detail);
		// Entries for a bus that is not there are taken and dropped, as EventBridge does.
		if (EventBusName === this.#busName)
			this.#delivered.push({ version: "0", id, source: Source, "detail-type": DetailType, detail });
		return { EventId: id };
	}
}
