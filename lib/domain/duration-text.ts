const units = [
	["d", 86_400],
	["h", 3_600],
	["min", 60],
	["s", 1],
] as const;

/** A length of time as people say it, with its two largest units: `45 s`, `12 min 5 s`, `3 h`, `2 d 4 h`. Never negative. */
export const durationText = (seconds: number): string => {
	const whole = Math.max(0, Math.round(seconds));
	const first = units.findIndex(([, size]) => whole >= size);
	if (first === -1) return "0 s";
	let rest = whole;
	const said: string[] = [];
	for (const [unit, size] of units.slice(first, first + 2)) {
		const count = Math.floor(rest / size);
		rest -= count * size;
		if (count > 0) said.push(`${count} ${unit}`);
	}
	return said.join(" ");
};
