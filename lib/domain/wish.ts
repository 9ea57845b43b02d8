import type { ServiceState, Wish } from "./service-state.ts";
import type { Transition } from "./transition.ts";

type Wished = Pick<ServiceState, "phase" | "wish">;

/** What a person wants of the rollout at present. */
export const openWish = ({ wish }: Wished): Wish | undefined => (wish?.isOver === true ? undefined : wish);

/** The pause that a person asked for and nobody has resumed. */
export const pauseWish = (state: Wished): Wish | undefined => wishFor("pause", state);

/**
 * The promotion that a person asked for: before the window it takes the place of evidence, in the window it ends it.
 * What was asked for before the window does not shorten it.
 */
export const promotionWish = (state: Wished): Wish | undefined => {
	const wish = wishFor("promote", state);
	return state.phase === "window" && wish?.phase !== "window" ? undefined : wish;
};

const wishFor = (verb: Wish["verb"], state: Wished): Wish | undefined => {
	const wish = openWish(state);
	return wish?.verb === verb ? wish : undefined;
};

/** Records a wish in the place of the one that was read, for the phase and beside the question that were read. */
export const makeWish = ({ epoch, phase, wish: earlier, pause }: ServiceState, wish: Wish): Transition => ({
	condition: { epoch, phaseIn: [phase], wishId: earlier?.id ?? null, pauseToken: pause?.token ?? null },
	set: { wish },
});

/** Takes a pause back before it is a question; once that is asked, it has to be answered. */
export const takeWishBack = (epoch: number, wish: Wish): Transition => {
	const { condition, set } = endWish(epoch, wish);
	return { condition: { ...condition, pauseToken: null }, set };
};

/** Ends a wish that was fulfilled or taken back, and no other. */
export const endWish = (epoch: number, wish: Wish): Transition => ({
	condition: { epoch, wishId: wish.id },
	set: { wish: { ...wish, isOver: true } },
});
