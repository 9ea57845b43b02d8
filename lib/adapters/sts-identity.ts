import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { type Identity, IdentityUnavailableError } from "../ports/identity.ts";
import { failureOf } from "./aws-failure.ts";

/** Who the credentials of a client belong to: `AIDA…` for a user, `AROA…:<session>` for a role. Needs no permission. */
export const stsIdentity = (client: STSClient): Identity => ({
	name: async () => {
		const { UserId } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
			throw failureOf("STS GetCallerIdentity", error, IdentityUnavailableError);
		});
		if (UserId === undefined) throw new IdentityUnavailableError("STS GetCallerIdentity answered no UserId.");
		return UserId;
	},
});
