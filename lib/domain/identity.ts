/**
 * Who sent a command, as the source of its event says it. Where IAM allows `people/${aws:userid}` and no other source,
 * nobody can speak in another one's name: an `aws:userid` is made by AWS, not by the caller.
 * A user's is one word, as in `AIDAEXAMPLE`; a role's session is `AROAEXAMPLE:ana@shop.example`.
 */
export const sourceOfPeople = "people/";

/** The part of an identity that people know: the name of the session, or the whole where there is none. */
const nameOf = (identity: string): string => identity.slice(identity.lastIndexOf(":") + 1);

/** Whether a list of names, from a configuration, names this identity: as a whole or by the name of its session. */
export const isAmong = (names: readonly string[], identity: string): boolean =>
	names.includes(identity) || names.includes(nameOf(identity));

/**
 * Whether two identities are one person: the same identity, or the same session name under different roles.
 * Careful on purpose: people who share a session name count once.
 */
export const isSamePerson = (one: string, other: string): boolean => nameOf(one) === nameOf(other);
