import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { servesItsConfiguration } from "../../../simulator/checkers/serves-its-configuration.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { keptContentOf, podContentIn } from "../../../simulator/world/kept-content.ts";
import { plainContent } from "../../../simulator/world/pod-content.ts";
import { checkedStage, stableDigest } from "./checked-stage.ts";

const settings = "checkout-settings";

/** Blue serves what was captured as the service was enrolled. */
const makeStage = () => {
	const stage = checkedStage(servesItsConfiguration);
	const { world, definition } = stage;
	const { workload } = definition;
	const { cluster } = world;
	const users = { ...plainContent, configMaps: [{ name: settings, isOptional: false }] };
	const keyOf = (name: string): string => objectKey(workload, name);
	return {
		...stage,
		users,
		/** Keeps the settings as a capture does, and says what a slot of them is made of. */
		keep: (data: Readonly<Record<string, string>>) => {
			const { contentHash, templateName, templateData, copies } = keptContentOf(workload, users, () => data);
			const marks = { deployment: workload.deployment, capturedAtEpochMs: stage.clock.nowEpochMs() };
			for (const { name } of copies.values())
				cluster.configMaps.create(keyOf(name), data, { ...marks, kind: "configuration", copies: [] });
			const names = [...copies.values()].map(({ name }) => name);
			cluster.configMaps.create(keyOf(templateName), templateData, { ...marks, kind: "template", copies: names });
			return podContentIn(contentHash, templateData);
		},
		/** Makes the green slot of something, as a deploy does. */
		deployGreen: (content: typeof plainContent) =>
			stage.call("functions/prepare-canary", "kubernetes:create:deployments", () => {
				cluster.createDeployment(keyOf("checkout-green"), stableDigest, 1, 4, content);
			}),
		editSettings: (data: Readonly<Record<string, string>>) => cluster.configMaps.put(keyOf(settings), data),
		/** Takes what is kept away, templates or copies. */
		lose: (kind: "template" | "configuration") => {
			for (const { key, kept } of cluster.configMaps.list(keyOf(""))) {
				if (kept?.kind === kind) cluster.configMaps.delete(key);
			}
		},
		/** Has pods of the green slot replaced. */
		restartGreen: () => {
			cluster.deployment(keyOf("checkout-green"))?.scale(0);
			cluster.deployment(keyOf("checkout-green"))?.scale(4);
		},
	};
};

describe("the configuration of what serves", () => {
	it("given a change that goes out as a release, and an edit meanwhile, holds", async () => {
		const stage = makeStage();
		const content = stage.keep({ LOG_LEVEL: "debug" });
		stage.deployGreen(content);
		await stage.look(60);
		stage.editSettings({ LOG_LEVEL: "trace" });
		stage.restartGreen();
		await stage.look(60);
		stage.write({ stableSlot: "green", stableRelease: releaseOf(stableDigest, "v1", content.contentHash ?? "") });
		await stage.look(10);

		expect(stage.broken()).toEqual([]);
	});

	it("given pods that read the live ConfigMap after it was edited, does not hold and says what they read", async () => {
		const stage = makeStage();
		const { contentHash } = stage.keep({ LOG_LEVEL: "debug" });
		stage.editSettings({ LOG_LEVEL: "trace" });
		stage.deployGreen({ ...stage.users, contentHash });
		await stage.look(60);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/pods of slot green read \{"LOG_LEVEL":"trace"\}; released was \{"LOG_LEVEL":"debug"\}\.$/),
		]);
	});

	it.each(["template", "configuration"] as const)(
		"given a slot in use of which the %s is not kept any more, does not hold",
		async (kind) => {
			const stage = makeStage();
			stage.lose(kind);
			await stage.look(10);

			expect(stage.broken()).toEqual([expect.stringMatching(/slot blue is made of content .{12}, of which a part is/)]);
		},
	);

	it("given a record at rest that names another content, does not hold; while something is under way, it does", async () => {
		const stage = makeStage();
		const { contentHash } = stage.keep({ LOG_LEVEL: "debug" });
		stage.write({ phase: "closing", stableRelease: releaseOf(stableDigest, "v1", contentHash ?? "") });
		await stage.look(10);
		const underWay = stage.broken();
		stage.write({ phase: "idle" });
		await stage.look(10);

		expect(underWay).toEqual([]);
		expect(stage.broken()).toEqual([
			expect.stringMatching(`slot blue is made of content [0-9a-f]{64}; on record is ${contentHash}`),
		]);
	});

	it.each(["deployment-edited", "record-edited"] as const)("given hands (%s), says nothing", async (hand) => {
		const stage = makeStage();
		stage.hands.add(hand);
		stage.lose("template");
		await stage.look(10);

		expect(stage.broken()).toEqual([]);
	});
});
