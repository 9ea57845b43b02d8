import type { Random } from "./random.ts";

/** A version 4 UUID from a seeded source. */
export const uuidOf = (random: Random): string => {
	let hex = "";
	for (let word = 0; word < 8; word++)
		hex += Math.floor(random.unit() * 0x10000)
			.toString(16)
			.padStart(4, "0");
	const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
};
