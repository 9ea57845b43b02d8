/** A rollout's weight as a bar of fixed width: empty at 0 %, full at 100 %. */
export const progressBar = (weightPercent: number, width = 20): string => {
	const filled = Math.round((Math.min(100, Math.max(0, weightPercent)) / 100) * width);
	// A weight above zero is never drawn as nothing: 1 % of the users is somebody.
	const shown = weightPercent > 0 ? Math.max(1, filled) : 0;
	return `[${"#".repeat(shown)}${".".repeat(width - shown)}]`;
};
