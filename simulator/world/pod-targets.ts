import type { ReadyPods } from "./deployment.ts";
import type { UserSurroundings } from "./user-surroundings.ts";
import type { SlotPlace, Wiring } from "./wiring.ts";

/**
 * The place of the user's own pods, where a Service of the user's brings slot pods there as well: they carry the same
 * labels, and it selects by these. Null for the user's own pods, and where no such Service is.
 */
const fedPlace = (wiring: Wiring, surroundings: UserSurroundings, key: string): SlotPlace | null => {
	const usersKey = wiring.usersKeyOf.get(key);
	const place = usersKey === undefined ? undefined : wiring.byDeployment.get(usersKey);
	if (usersKey === undefined || place === undefined) return null;
	const { otherServices } = surroundings.features(usersKey);
	const isFed = otherServices.some(({ feedsTargetGroups }) => feedsTargetGroups.includes(place.targetGroupArn));
	return isFed ? place : null;
};

/** Target groups that pods of a Deployment are registered in: its own once it is bound, and the user's where one feeds it. */
export const groupsOfPods = (wiring: Wiring, surroundings: UserSurroundings, key: string): readonly string[] => {
	const own = wiring.byDeployment.get(key);
	const fed = fedPlace(wiring, surroundings, key);
	return [
		...(own === undefined || wiring.unbound.has(key) ? [] : [own.targetGroupArn]),
		...(fed === null ? [] : [fed.targetGroupArn]),
	];
};

/** Tells traffic who answers requests to the user's own target group: the user's pods, and those that are fed into it. */
export const tellReady = (
	wiring: Wiring,
	surroundings: UserSurroundings,
	key: string,
	find: (key: string) => { readonly imageDigest: string; readonly ready: readonly ReadyPods[] } | null,
): void => {
	const place = wiring.byDeployment.get(key);
	const found = find(key);
	if (place === undefined || found === null) return;
	if (place.slot !== "users") place.traffic.setReady(place.slot, found.imageDigest, found.ready);
	const usersKey = place.slot === "users" ? key : wiring.usersKeyOf.get(key);
	const users = usersKey === undefined ? null : find(usersKey);
	if (usersKey === undefined || users === null) return;
	const slots = [...wiring.usersKeyOf].flatMap(([slotKey, owner]) =>
		owner === usersKey && fedPlace(wiring, surroundings, slotKey) !== null ? [slotKey] : [],
	);
	if (place.slot !== "users" && slots.length === 0) return;
	const fed = slots.flatMap((slotKey) => find(slotKey)?.ready ?? []);
	place.traffic.setReady("users", users.imageDigest, [...users.ready, ...fed]);
};
