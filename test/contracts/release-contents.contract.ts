import { describe, expect, it, onTestFinished } from "vitest";
import { releaseOf } from "../../lib/domain/release.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { ContentNameConflictError, type ReleaseContents } from "../../lib/ports/release-contents.ts";
import { InvalidWorkloadError, type Workloads, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";

type Data = Readonly<Record<string, string>>;

/**
 * A namespace with one user's Deployment in it, which refers to the ConfigMaps "settings" and "texts", and to "extras",
 * which is optional and missing. "settings" says COLOUR: red, "texts" says GREETING: hello.
 */
export interface ReleaseContentsSetup {
	readonly contents: ReleaseContents;
	readonly workloads: Workloads;
	readonly target: WorkloadTarget;
	/** Writes a ConfigMap as the user does; null deletes it. */
	configure(name: string, data: Data | null): Promise<void>;
	/** Changes something of the pod template that is not configuration. */
	changeTemplate(mark: string): Promise<void>;
	/** All variables that pods would get if they were started in this slot now; null where they could not start. */
	variablesIn(slot: SlotName): Promise<Data | null>;
	/** Names of all ConfigMaps of the namespace. */
	configMapNames(): Promise<readonly string[]>;
	/** Time passes. */
	pass(seconds: number): Promise<void>;
	/** From now on the cluster's API fails every call. */
	breakDown(): Promise<void>;
	close?(): Promise<void>;
}

const digest = `sha256:${"b".repeat(64)}`;
const hourSeconds = 3_600;
type Given = () => Promise<ReleaseContentsSetup>;

/** What every implementation of the port ReleaseContents promises, together with Workloads that it makes slots with. */
export const releaseContentsContract = (name: string, make: () => Promise<ReleaseContentsSetup>): void => {
	const given: Given = async () => {
		const setup = await make();
		onTestFinished(async () => setup.close?.());
		return setup;
	};
	describe(`${name}: capturing`, () => capturing(given));
	describe(`${name}: refusing`, () => refusing(given));
	describe(`${name}: slots made of what was captured`, () => makingSlots(given));
	describe(`${name}: collecting`, () => collecting(given));
};

/** Captures, and makes a slot of it. */
const deployed = async (setup: ReleaseContentsSetup, slot: SlotName, epoch: number): Promise<string> => {
	const { contentHash } = await setup.contents.capture(setup.target);
	await setup.workloads.deploy(setup.target, slot, releaseOf(digest, "v2", contentHash), epoch);
	return contentHash;
};

const capturing = (given: Given): void => {
	it("given nothing new, answers the same hash and makes nothing more", async () => {
		const { contents, target, configMapNames } = await given();
		const first = await contents.capture(target);
		const names = await configMapNames();

		const second = await contents.capture(target);

		expect(second).toEqual(first);
		expect(first.contentHash).toMatch(/^[0-9a-f]{64}$/);
		expect(await configMapNames()).toEqual(names);
		expect(await contents.kept(target)).toEqual([first.contentHash]);
	});

	it("given two captures at once, both succeed with one hash", async () => {
		const { contents, target } = await given();

		const [first, second] = await Promise.all([contents.capture(target), contents.capture(target)]);

		expect(second).toEqual(first);
		expect(await contents.kept(target)).toEqual([first.contentHash]);
	});

	it.each<[string, (setup: ReleaseContentsSetup) => Promise<void>]>([
		["a changed value", ({ configure }) => configure("settings", { COLOUR: "green" })],
		["a new key", ({ configure }) => configure("texts", { GREETING: "hello", FAREWELL: "bye" })],
		[
			"values that changed places",
			async ({ configure }) => {
				await configure("settings", { GREETING: "hello" });
				await configure("texts", { COLOUR: "red" });
			},
		],
		["an optional ConfigMap that appears", ({ configure }) => configure("extras", {})],
		["another template", ({ changeTemplate }) => changeTemplate("another")],
	])("given %s, answers another hash, and the former one once it is taken back", async (_what, change) => {
		const setup = await given();
		const { contents, target, configure, changeTemplate } = setup;
		const before = await contents.capture(target);

		await change(setup);
		const changed = await contents.capture(target);
		await configure("settings", { COLOUR: "red" });
		await configure("texts", { GREETING: "hello" });
		await configure("extras", null);
		await changeTemplate("first");
		const after = await contents.capture(target);

		expect(changed).not.toEqual(before);
		expect(after).toEqual(before);
		expect([...(await contents.kept(target))].sort()).toEqual([before.contentHash, changed.contentHash].sort());
	});

	it("given a ConfigMap that the template does not refer to, takes no notice", async () => {
		const { contents, target, configure } = await given();
		const before = await contents.capture(target);

		await configure("somebody-elses", { COLOUR: "blue" });

		expect(await contents.capture(target)).toEqual(before);
	});
};

const refusing = (given: Given): void => {
	it("given a ConfigMap that is missing, names it and what is allowed", async () => {
		const { contents, target, configure } = await given();
		await configure("settings", null);

		const refused = contents.capture(target);

		await expect(refused).rejects.toThrow(InvalidWorkloadError);
		await expect(refused).rejects.toThrow(/"settings", which does not exist; allowed are .* optional/);
	});

	it("given no such Deployment, says so", async () => {
		const { contents, target } = await given();

		await expect(contents.capture({ ...target, deployment: "ledger" })).rejects.toThrow(
			/"ledger"|ledger" does not exist/,
		);
	});

	it("given somebody else's object where a template is to be kept, leaves it alone", async () => {
		const { contents, target, configure, configMapNames } = await given();
		const { contentHash } = await contents.capture(target);
		const name = (await configMapNames()).find((candidate) => candidate.includes(contentHash)) ?? "";
		await configure("settings", { COLOUR: "green" });
		await contents.capture(target);
		await configure(name, null);
		await configure(name, { mine: "yes" });
		await configure("settings", { COLOUR: "red" });

		await expect(contents.capture(target)).rejects.toThrow(ContentNameConflictError);
	});

	it.each<[string, (setup: ReleaseContentsSetup) => Promise<unknown>]>([
		["capture", ({ contents, target }) => contents.capture(target)],
		["kept", ({ contents, target }) => contents.kept(target)],
		["collect", ({ contents, target }) => contents.collect(target, [])],
	])("given an API that is down, %s says so by name", async (_method, call) => {
		const setup = await given();
		await setup.breakDown();

		await expect(call(setup)).rejects.toThrow(WorkloadsUnavailableError);
	});
};

const makingSlots = (given: Given): void => {
	it("given a slot made of it, its pods read what was captured, whatever is changed or deleted since", async () => {
		const setup = await given();
		const contentHash = await deployed(setup, "green", 5);

		await setup.configure("settings", { COLOUR: "green" });
		await setup.configure("texts", null);
		await setup.configure("extras", { COLOUR: "blue" });

		expect(await setup.variablesIn("green")).toEqual({ COLOUR: "red", GREETING: "hello" });
		expect(await setup.workloads.read(setup.target, "green")).toMatchObject({ contentHash });
	});

	it("given two slots, each reads its own", async () => {
		const setup = await given();
		const blue = await deployed(setup, "blue", 5);
		await setup.configure("settings", { COLOUR: "green" });

		const green = await deployed(setup, "green", 6);

		expect(green).not.toBe(blue);
		expect(await setup.variablesIn("blue")).toEqual({ COLOUR: "red", GREETING: "hello" });
		expect(await setup.variablesIn("green")).toEqual({ COLOUR: "green", GREETING: "hello" });
	});

	it("given a release without content, makes the slot of the Deployment as it is", async () => {
		const { workloads, target, variablesIn, configure } = await given();

		await workloads.deploy(target, "green", releaseOf(digest), 5);
		await configure("settings", { COLOUR: "green" });

		expect(await variablesIn("green")).toEqual({ COLOUR: "green", GREETING: "hello" });
		expect(await workloads.read(target, "green")).toMatchObject({ contentHash: null });
	});

	it("given content that nobody keeps, refuses by name and leaves the slot alone", async () => {
		const { workloads, target } = await given();

		const refused = workloads.deploy(target, "green", releaseOf(digest, "v2", "f".repeat(64)), 5);

		await expect(refused).rejects.toThrow(InvalidWorkloadError);
		await expect(refused).rejects.toThrow(/Content f{64} .*is not kept/);
		expect(await workloads.read(target, "green")).toMatchObject({ epoch: 0 });
	});
};

const collecting = (given: Given): void => {
	/** Three contents were captured, the first one is in a slot; then time passed. */
	const three = async (passSeconds: number) => {
		const setup = await given();
		const { contents, target, configure, pass } = setup;
		const first = await deployed(setup, "blue", 5);
		await configure("settings", { COLOUR: "green" });
		const { contentHash: second } = await contents.capture(target);
		await configure("settings", { COLOUR: "blue" });
		const { contentHash: third } = await contents.capture(target);
		await pass(passSeconds);
		return { ...setup, first, second, third };
	};

	it("given contents that nobody names, gives up all but those in slots, and their copies", async () => {
		const { contents, target, variablesIn, configMapNames, first } = await three(hourSeconds + 60);
		const before = await configMapNames();

		const givenUp = await contents.collect(target, []);

		expect(await contents.kept(target)).toEqual([first]);
		expect(await variablesIn("blue")).toEqual({ COLOUR: "red", GREETING: "hello" });
		// Two templates and two copies of the settings; the texts have been the same all the time.
		expect(givenUp).toBe(4);
		expect(await configMapNames()).toHaveLength(before.length - 4);
		expect(await configMapNames()).toEqual(expect.arrayContaining(["settings", "texts"]));
	});

	it("given a content that is named, keeps it so that a slot can be made of it", async () => {
		const { contents, workloads, target, variablesIn, first, second } = await three(hourSeconds + 60);

		await contents.collect(target, [second]);

		expect([...(await contents.kept(target))].sort()).toEqual([first, second].sort());
		await workloads.deploy(target, "green", releaseOf(digest, "v2", second), 7);
		expect(await variablesIn("green")).toEqual({ COLOUR: "green", GREETING: "hello" });
	});

	it("given less than an hour, gives up nothing: a capture may be under way", async () => {
		const { contents, target, configMapNames } = await three(hourSeconds - 60);
		const before = await configMapNames();

		expect(await contents.collect(target, [])).toBe(0);
		expect(await configMapNames()).toEqual(before);
	});

	it("given a content that was captured again since, keeps it with its copies", async () => {
		const { contents, workloads, target, variablesIn, pass, first, third } = await three(hourSeconds - 60);
		await contents.capture(target);
		await pass(120);

		await contents.collect(target, []);

		expect([...(await contents.kept(target))].sort()).toEqual([first, third].sort());
		await workloads.deploy(target, "green", releaseOf(digest, "v2", third), 7);
		expect(await variablesIn("green")).toEqual({ COLOUR: "blue", GREETING: "hello" });
	});

	it("given nothing to give up, changes nothing the second time", async () => {
		const { contents, target } = await three(hourSeconds + 60);
		await contents.collect(target, []);

		expect(await contents.collect(target, [])).toBe(0);
	});
};
