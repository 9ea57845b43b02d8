import { environmentOf } from "../environment.ts";

export { criticalPath as patience } from "../../lib/ports/patience.ts";

/** The variables that this function needs, read once at init. */
export const readEnvironment = environmentOf("SERVICE_TABLE", "CATALOG_BUCKET", "ENVIRONMENT", "AWS_REGION");
