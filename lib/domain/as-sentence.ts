/** A text as a sentence of its own: what somebody else wrote may lack its full stop. */
export const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A sentence without its full stop, to be part of another. */
export const withoutStop = (sentence: string): string => sentence.replace(/\.$/, "");
