import { environmentOf } from "../environment.ts";

/** The variables that this function needs, read once at init. */
export const readEnvironment = environmentOf("BUS_NAME");
