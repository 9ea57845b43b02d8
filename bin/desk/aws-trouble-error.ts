import type { EnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";

/** AWS refused or did not answer; the message says what was asked, what came back, and what to do about it. Exit code 1. */
export class AwsTroubleError extends Error {
	override readonly name = "AwsTroubleError";
}

type Place = Pick<EnvironmentConfig, "environment" | "account" | "region">;

/** What a person can do, by the names of errors as the SDK has them. */
const advices: readonly { readonly names: readonly string[]; advise(place: Place): string }[] = [
	{
		names: ["CredentialsProviderError", "TokenProviderError"],
		advise: () => "No credentials were found: sign in, as with `aws sso login`, or name a profile in AWS_PROFILE.",
	},
	{
		names: ["ExpiredToken", "ExpiredTokenException", "RequestExpired"],
		advise: () => "The credentials have expired: sign in again.",
	},
	{
		names: [
			"UnrecognizedClientException",
			"InvalidClientTokenId",
			"InvalidAccessKeyId",
			"InvalidSignatureException",
			"SignatureDoesNotMatch",
		],
		advise: ({ region }) =>
			`AWS does not know these credentials in ${region}: sign in again, or to the right partition.`,
	},
	{
		names: ["ResourceNotFoundException", "NoSuchBucket", "StateMachineDoesNotExist"],
		advise: ({ environment, account, region }) =>
			`Sluice is not deployed there, or you are signed in elsewhere: config/${environment}.yaml says account ${account} and region ${region}. \`aws sts get-caller-identity\` says where you are.`,
	},
	{
		names: ["AccessDenied", "AccessDeniedException", "NotAuthorized"],
		advise: ({ environment, account }) =>
			`You may not: questions need the managed policy Observe of environment ${environment}, commands Operate or Approve, enrolments Enrol, all in account ${account}.`,
	},
	{
		names: ["RequestTimeTooSkewed"],
		advise: () => "The clock of this computer is wrong: set it, and ask again.",
	},
];

/** The error and what it came of, the SDK's own among them. */
const chainOf = (error: unknown): readonly Error[] => (error instanceof Error ? [error, ...chainOf(error.cause)] : []);

const isOfPorts = ({ name }: Error): boolean => name.endsWith("UnavailableError") || name === "InvalidAwsCallError";

/** An error that a port threw on AWS, with what to do about it; null for any other. */
export const awsTroubleOf = (error: unknown, place: Place): AwsTroubleError | null => {
	if (!(error instanceof Error) || !isOfPorts(error)) return null;
	const names = chainOf(error).map(({ name }) => name);
	const advice = advices.find((one) => one.names.some((name) => names.includes(name)))?.advise(place);
	const otherwise = `Nothing is known of ${place.environment} in ${place.region} then; ask again, and look whether AWS can be reached from here.`;
	return new AwsTroubleError(`${error.message.replace(/\.?$/, ".")} ${advice ?? otherwise}`, { cause: error });
};
