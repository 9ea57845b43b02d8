import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 of a definition's canonical JSON, hexadecimal: the address of its content, whatever order its keys came in. */
export const definitionHash = (definition: object): string =>
	createHash("sha256").update(canonicalJson(definition)).digest("hex");
