import { type Identity, IdentityUnavailableError } from "../../lib/ports/identity.ts";
import type { Caller } from "../kernel/caller.ts";
import { failureOf } from "./call-failure.ts";

/** Somebody who says who they are; in the simulator nobody doubts it. */
export const fakeIdentity = (caller: Caller, userId: string): Identity => ({
	name: async () => {
		try {
			return await caller.call({ operation: "sts:GetCallerIdentity", resource: "*" }, () => userId);
		} catch (error) {
			throw failureOf("GetCallerIdentity", error, IdentityUnavailableError);
		}
	},
});
