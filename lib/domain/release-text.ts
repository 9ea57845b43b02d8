import type { Release } from "./release.ts";

/** A release as people call it: its tag, and the id that tells it from another with the same tag. */
export const releaseText = ({ id, tag }: Release): string => (tag === undefined ? id : `${tag} (${id})`);
