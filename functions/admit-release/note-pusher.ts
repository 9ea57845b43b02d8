import { recordPusher } from "../../lib/domain/admission.ts";
import { isChangeOfContent } from "../../lib/domain/content-change.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import { StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Pusher } from "./admission-event.ts";
import type { Ports } from "./ports.ts";

/**
 * Remembers who gave an image a tag that a service rolls out: for the rollout that will come, or on the one under way.
 * CloudTrail says so minutes later than ECR, or never; nothing waits for it.
 */
export const notePusher = async (ports: Ports, service: string, pusher: Pusher): Promise<string> => {
	const { imageDigest, tag, by } = pusher;
	const { definition } = await ports.catalog.read(service);
	// Whoever gave it another tag has not asked for it to be rolled out.
	if (tag.search(new RegExp(definition.tagPattern)) < 0) return `tag ${tag} is not rolled out`;
	const release = releaseOf(imageDigest, tag);
	await ports.ledger.rememberPusher(service, release, by);
	// Read after that was written: whoever admits the release from now on finds it there.
	const { rolloutId, release: onTrial, replaced, stableRelease } = await ports.store.read(service);
	if (rolloutId === undefined || onTrial?.imageDigest !== imageDigest) return `remembered who pushed ${release.id}`;
	// A closing has changed roles already, and only then says what it replaced.
	if (isChangeOfContent(onTrial, replaced ?? stableRelease))
		return `remembered who pushed ${release.id}, which is rolled out with other configuration`;
	const first = (await ports.ledger.pusherOf(service, release)) ?? by;
	try {
		await ports.store.write(service, recordPusher(rolloutId, first));
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
	}
	return `recorded who pushed ${release.id} on ${rolloutId}`;
};
