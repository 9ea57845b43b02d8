/** Colours by meaning. Plain text where the terminal shows none. */
export interface Palette {
	good(text: string): string;
	bad(text: string): string;
	waiting(text: string): string;
	faint(text: string): string;
	strong(text: string): string;
}

const sgr =
	(code: number) =>
	(text: string): string =>
		`\u001b[${code}m${text}\u001b[0m`;

const same = (text: string): string => text;

/** Colours for a terminal, or none. */
export const paletteOf = (hasColour: boolean): Palette =>
	hasColour
		? { good: sgr(32), bad: sgr(31), waiting: sgr(33), faint: sgr(2), strong: sgr(1) }
		: { good: same, bad: same, waiting: same, faint: same, strong: same };
