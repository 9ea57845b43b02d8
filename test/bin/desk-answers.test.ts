import { afterEach, describe, expect, it, vi } from "vitest";
import { type, typeJson } from "./typing.ts";

afterEach(() => void vi.restoreAllMocks());

describe("plan of a release that is named", { timeout: 60_000 }, () => {
	it.each([
		["of nothing", "--id deadbeefdead", 'no release is called "deadbeefdead"; there are 7e818b9c192b, 24e1b06c1410'],
		["of a digest's beginning that nobody has", "--digest dddd", 'no release is called "dddd"'],
	])(
		"given the name %s, is refused as the command would be, with the names that there are",
		async (_, name, reason) => {
			const { code, printed } = await type(`plan checkout ${name} --in bad-image --at 1200`);
			const { told } = await typeJson(`plan checkout ${name} --in bad-image --at 1200`);

			expect(code).toBe(1);
			expect(printed).toContain(`plan checkout (bad-image at 20:00): Refused: ${reason}`);
			expect(printed).not.toContain("Nothing stands in its way");
			expect(told).toMatchObject({ kind: "refused", reason: expect.stringContaining(reason), unknown: [] });
		},
	);

	it.each(["--id 24e1", "--id 24e1b06c1410", "--digest c7c7c7"])(
		"given %s of a release that was rolled back, finds it",
		async (name) => {
			const { code, told } = await typeJson(`plan checkout ${name} --in bad-image --at 1200`);

			expect(code).toBe(0);
			expect(told).toMatchObject({ release: { id: "24e1b06c1410" }, obstacles: [{ effect: "refused" }], unknown: [] });
		},
	);

	it("given a digest that nobody knows, says that the registry was not asked", async () => {
		const { code, printed } = await type(`plan checkout --digest ${"ab".repeat(32)} --in bad-image --at 1200`);

		expect(code).toBe(0);
		expect(printed).toMatch(/unknown {2}the image: nothing on record has it, and the registry was not\s+asked/);
	});
});

describe("what is printed for programs", { timeout: 60_000 }, () => {
	it.each([
		"status checkout",
		"status",
		"plan checkout",
		"plan checkout --id dead",
		"history checkout",
		"history checkout --dora",
	])("given %s --json, says where and when it was asked", async (text) => {
		const { told } = await typeJson(`${text} --in good-image --at 20`);

		expect(told).toMatchObject({ place: "good-image at 0:20", atEpochMs: Date.UTC(2026, 0, 5, 9, 0, 20) });
	});
});

describe("a story that names a fault", { timeout: 60_000 }, () => {
	it("given a record that somebody set to idle, status names the way out", async () => {
		const { told } = await typeJson("status checkout --in record-set-idle-by-hand --at 900");

		expect(told).toMatchObject({
			phase: "idle",
			rolloutId: "checkout-1",
			next: expect.stringContaining("`sluice abort checkout` sends everybody back and ends checkout-1"),
		});
	});

	it("given that, abort is sent and sends everybody back", async () => {
		const { code, told } = await typeJson("abort checkout --in record-set-idle-by-hand --at 900 --by ana");

		expect(told).toMatchObject({ kind: "done", outcome: "rolled-back", broken: [] });
		expect(JSON.stringify(told.timeline)).toContain("Aborted by ana.");
		expect(code).toBe(0);
	});

	it("given a release that is begun after its end, sees it through", async () => {
		const { told } = await typeJson("retry checkout --in record-set-idle-by-hand --at 3000 --by ana");

		expect(told).toMatchObject({ kind: "done", sentence: "Rollout checkout-3 has begun." });
		expect(JSON.stringify(told.timeline)).toContain("rollout.closed.v1");
	});
});
