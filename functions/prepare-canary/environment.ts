import { environmentOf } from "../environment.ts";

export { patient as patience } from "../../lib/ports/patience.ts";

/** The variables that this function needs, read once at init. */
export const readEnvironment = environmentOf("SERVICE_TABLE", "CATALOG_BUCKET", "BUS_NAME", "AWS_REGION");
