/** Lines of at most a width, broken between words; a word that is longer stands alone. */
export const wrapped = (text: string, width: number): readonly string[] => {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && line.length + 1 + word.length > width) {
			lines.push(line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line];
};
