import * as z from "zod/mini";
import { list, oneOf, section, text, wholeNumber } from "./bounded-field.ts";

/** Text that RegExp accepts. Short, because it runs against every tag that is pushed. */
const regularExpression = z
	.string({ error: "a regular expression of 1 to 100 characters" })
	.check(
		z.minLength(1, "a regular expression of 1 to 100 characters"),
		z.maxLength(100, "a regular expression of 1 to 100 characters"),
		z.refine(isRegularExpression, "a regular expression that JavaScript understands"),
		z.meta({ format: "regex" }),
	);

function isRegularExpression(pattern: string): boolean {
	try {
		new RegExp(pattern);
		return true;
	} catch {
		return false;
	}
}

/** Where images come from and which tags are meant for rollout. */
export const repositoryConfigSchema = section({
	name: text(
		"an ECR repository name: 2 to 256 lower-case letters, digits, . _ - and /",
		/^(?=..)[a-z0-9]+(?:[._/-][a-z0-9]+)*$/,
		256,
	).check(z.describe("Name of the ECR repository, in the environment's own account and region.")),
	tagPattern: z
		._default(regularExpression, "^v[0-9]")
		.check(z.describe("Only tags that match this regular expression are rolled out.")),
}).check(z.describe("Images that this service rolls out."));

// Slot Services are called `<deployment>-green`, and a Service name is a DNS label of 63 characters.
const deployment = text(
	"1 to 57 lower-case letters, digits and -, letter first, no - at the end",
	/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
	57,
);
const dnsLabel = text(
	"1 to 63 lower-case letters, digits and -, no - at either end",
	/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
	63,
);

const configMapName = text(
	"1 to 253 lower-case letters, digits, - and ., letter or digit at both ends",
	/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
	253,
);

/** The user's own Deployment, which slots are copied from and which no rollout writes (D2). */
export const workloadConfigSchema = section({
	namespace: dnsLabel.check(z.describe("Kubernetes namespace.")),
	deployment: deployment.check(z.describe("Deployment that slots are copied from; no rollout writes it.")),
	container: dnsLabel.check(z.describe("Container whose image is replaced.")),
	port: wholeNumber(1, 65_535).check(z.describe("Port of the pods that requests are sent to.")),
	kind: z
		._default(oneOf("service", "consumer", "cron-job"), "service")
		.check(z.describe("What sets it to work: requests, a queue or the clock. Only requests can be weighed.")),
	liveConfigMaps: z
		._default(list(configMapName, "names of ConfigMaps", 0, 50), [])
		.check(
			z.describe(
				"ConfigMaps that pods go on reading live, as others change them. All others are copied with each release and rolled out and back with it.",
			),
		),
}).check(z.describe("The Deployment that is rolled out."));

/** Service that callers inside the cluster use, or `none`: a decision nobody else can make (D3a). */
export const inClusterServiceSchema = text(
	"the name of a Kubernetes Service (1 to 63 lower-case letters, digits and -, letter first), or none",
	/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
	63,
).check(
	z.describe("Service that callers inside the cluster use; its selector moves at promotion and rollback. Or none."),
);
