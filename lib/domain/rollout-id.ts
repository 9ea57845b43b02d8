/** Raised where a rollout id is not `<service>-<epoch>`. Never worth a retry. */
export class InvalidRolloutIdError extends Error {
	override readonly name = "InvalidRolloutIdError";
	constructor(rolloutId: string) {
		super(`Rollout id "${rolloutId}" is not valid: allowed is "<service>-<epoch>", as in "checkout-7".`);
	}
}

/** The id of the rollout that a service begins at an epoch; also the name of its execution (D10). */
export const rolloutIdOf = (service: string, epoch: number): string => `${service}-${epoch}`;

/**
 * The service and the epoch that a rollout id was made of.
 * @throws InvalidRolloutIdError when it was made of something else.
 */
export const parseRolloutId = (rolloutId: string): { readonly service: string; readonly epoch: number } => {
	const match = /^([a-z][a-z0-9-]{0,39})-([1-9][0-9]{0,11})$/.exec(rolloutId);
	if (match?.[1] === undefined || match[2] === undefined) throw new InvalidRolloutIdError(rolloutId);
	return { service: match[1], epoch: Number(match[2]) };
};
