import { phases, type ServiceState } from "../domain/service-state.ts";
import { fromItem, InvalidItemError, type Item, toItem } from "./dynamo-item.ts";

/** Key of the item that holds a service's state. */
export const stateKey = (service: string): Item => toItem({ service, item: "state" });

/** Key of the item that remembers that a service admitted an image, whatever it was configured with. */
export const imageKey = (service: string, imageId: string): Item => toItem({ service, item: `release#${imageId}` });

/** A state as it is stored; `busy` is there exactly while a rollout is under way, and the index lists who has it. */
export const serviceItemOf = (state: ServiceState): Item =>
	toItem({ ...state, item: "state", ...(state.phase !== "idle" && { busy: "1" }) });

/**
 * The state that an item holds. Only what every decision hangs on is looked at: a rollback must not fail
 * for an attribute that it does not need.
 * @throws InvalidItemError when the item has no service, epoch or phase that Sluice knows.
 */
export const serviceStateOf = (item: Item): ServiceState => {
	const { item: _, busy: __, ...state } = fromItem(item);
	const isState = typeof state.service === "string" && Number.isSafeInteger(state.epoch) && isPhase(state.phase);
	if (isState) return state as unknown as ServiceState; // Written by this adapter alone, from a ServiceState.
	const found = JSON.stringify({ service: state.service, epoch: state.epoch, phase: state.phase });
	throw new InvalidItemError(
		`Item ${found} is not a service's state: allowed are a name, a whole number and one of ${phases.join(", ")}.`,
	);
};

const isPhase = (value: unknown): boolean => (phases as readonly unknown[]).includes(value);
