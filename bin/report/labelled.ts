import { wrapped } from "./wrapped.ts";

const labelWidth = 9;

/** A text beside its label, wrapped below itself: what a screen of a terminal is made of. */
export const labelled = (label: string, text: string, width: number): readonly string[] =>
	wrapped(text, width - labelWidth).map((line, index) => `${(index === 0 ? label : "").padEnd(labelWidth)}${line}`);
