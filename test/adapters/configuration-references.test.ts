import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configMapsOf, withConfigMaps } from "../../lib/adapters/configuration-references.ts";
import { copyName } from "../../lib/adapters/content-objects.ts";
import type { PodTemplate } from "../../lib/adapters/kubernetes-objects.ts";
import { checkout } from "./wire/kubernetes-world.ts";

const image = "checkout:1";

/** One template that names a ConfigMap in every place that can, each under another name. */
// References of other kinds are none of the adapter's types, which is what they are here for.
const everywhere = {
	spec: {
		containers: [
			{
				name: "app",
				image,
				env: [
					{ name: "PLAIN", ...{ value: "settings" } },
					{ name: "KEY", valueFrom: { configMapKeyRef: { name: "key", ...{ key: "a" } } } },
					{ name: "SECRET", valueFrom: { ...{ secretKeyRef: { name: "key", key: "a" } } } },
				],
				envFrom: [{ configMapRef: { name: "all" }, ...{ prefix: "P_" } }, { ...{ secretRef: { name: "all" } } }],
				...{ volumeMounts: [{ name: "files", mountPath: "/etc/app/x.yaml", subPath: "x.yaml", readOnly: true }] },
			},
		],
		initContainers: [
			{ name: "migrate", image, envFrom: [{ configMapRef: { name: "init" } }] },
			{
				name: "sidecar",
				image,
				restartPolicy: "Always",
				env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "side" } } }],
			},
		],
		volumes: [
			{
				name: "files",
				configMap: { name: "files", ...{ items: [{ key: "x.yaml", path: "x.yaml" }], defaultMode: 420 } },
			},
			{
				name: "mixed",
				projected: {
					sources: [{ configMap: { name: "projected" } }, { ...{ serviceAccountToken: { path: "token" } } }],
					...{ defaultMode: 256 },
				},
			},
			{ name: "claim", persistentVolumeClaim: { claimName: "files" } },
			{ name: "empty", configMap: { optional: true } },
		],
	},
} as unknown as PodTemplate;

const names = ["key", "all", "init", "side", "files", "projected"];

describe("references to ConfigMaps", () => {
	it("given every place that can name one, finds them all and nothing else", () => {
		expect([...configMapsOf(everywhere).keys()].sort()).toEqual([...names].sort());
	});

	it("given other names for them, changes the names and nothing else", () => {
		const renamed = withConfigMaps(everywhere, new Map(names.map((name) => [name, `${name}-copy`])));

		expect([...configMapsOf(renamed).keys()].sort()).toEqual(names.map((name) => `${name}-copy`).sort());
		expect(withConfigMaps(renamed, new Map(names.map((name) => [`${name}-copy`, name])))).toEqual(everywhere);
	});

	it("given one that is optional in one place and needed in another, needs it", () => {
		const optional = { configMapRef: { name: "settings", optional: true } };
		const needed = { configMapRef: { name: "settings" } };
		const of = (...envFrom: (typeof optional | typeof needed)[]) =>
			configMapsOf({ spec: { containers: [{ name: "app", image, envFrom }] } }).get("settings");

		expect(of(optional, optional)).toEqual({ isOptional: true });
		expect(of(optional, needed)).toEqual({ isOptional: false });
		expect(of(needed, optional)).toEqual({ isOptional: false });
	});
});

const nameArbitrary = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const reference = fc.record({ name: nameArbitrary, optional: fc.boolean() }, { requiredKeys: ["name"] });
const container = fc.record(
	{
		name: fc.constant("app"),
		image: fc.constant(image),
		env: fc.array(fc.record({ name: fc.string(), valueFrom: fc.record({ configMapKeyRef: reference }) }), {
			maxLength: 3,
		}),
		envFrom: fc.array(fc.record({ configMapRef: reference, prefix: fc.string() }), { maxLength: 3 }),
	},
	{ requiredKeys: ["name", "image"] },
);
const template = fc.record({
	spec: fc.record(
		{
			containers: fc.array(container, { minLength: 1, maxLength: 3 }),
			initContainers: fc.array(container, { maxLength: 2 }),
			volumes: fc.array(
				fc.oneof(
					fc.record({ name: fc.string(), configMap: reference }),
					fc.record({
						name: fc.string(),
						projected: fc.record({ sources: fc.array(fc.record({ configMap: reference }), { maxLength: 3 }) }),
					}),
				),
				{ maxLength: 3 },
			),
		},
		{ requiredKeys: ["containers"] },
	),
});

describe("rewriting, whatever the template", () => {
	it("given a name each, refers to exactly those, in the same places, and back again to the same template", () => {
		fc.assert(
			fc.property(template, (generated) => {
				// The arbitrary makes `optional` a boolean or leaves it out, as the type allows.
				const users = generated as PodTemplate;
				const before = [...configMapsOf(users).keys()];
				const renames = new Map(before.map((name, index) => [name, `copy-${index}`]));

				const renamed = withConfigMaps(users, renames);

				expect([...configMapsOf(renamed).keys()]).toEqual(before.map((_, index) => `copy-${index}`));
				expect([...configMapsOf(renamed).values()]).toEqual([...configMapsOf(users).values()]);
				expect(withConfigMaps(renamed, new Map([...renames].map(([from, to]) => [to, from])))).toEqual(users);
			}),
			{ numRuns: 100, seed: 26 },
		);
	});

	it("given no names, changes nothing", () => {
		fc.assert(
			fc.property(template, (generated) => {
				expect(withConfigMaps(generated as PodTemplate, new Map())).toEqual(generated);
			}),
			{ numRuns: 50, seed: 26 },
		);
	});
});

describe("names of copies", () => {
	const data = fc.dictionary(fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/), fc.string(), { maxKeys: 4 });

	it("given any name and content, is a name that Kubernetes takes", () => {
		fc.assert(
			fc.property(nameArbitrary, data, data, (name, plain, binaryData) => {
				const copy = copyName(checkout, name, { data: plain, binaryData });

				expect(copy.length).toBeLessThanOrEqual(253);
				expect(copy).toMatch(/^[a-z0-9][a-z0-9.-]*-[0-9a-f]{16}$/);
				expect(copy).not.toMatch(/[.-]-[0-9a-f]{16}$/);
			}),
			{ numRuns: 200, seed: 26 },
		);
	});

	it("given content in another order, is the same", () => {
		expect(copyName(checkout, "settings", { data: { a: "1", b: "2" } })).toBe(
			copyName(checkout, "settings", { data: { b: "2", a: "1" } }),
		);
	});

	it("given no data at all and empty data, is the same, and another where there is no ConfigMap", () => {
		expect(copyName(checkout, "settings", {})).toBe(copyName(checkout, "settings", { data: {}, binaryData: {} }));
		expect(copyName(checkout, "settings", null)).not.toBe(copyName(checkout, "settings", {}));
	});

	it("given another Deployment, name, value or kind of value, is another", () => {
		const content = { data: { a: "1" } };
		const copies = [
			copyName(checkout, "settings", content),
			copyName({ deployment: "payments" }, "settings", content),
			copyName(checkout, "texts", content),
			copyName(checkout, "settings", { data: { a: "2" } }),
			copyName(checkout, "settings", { binaryData: { a: "1" } }),
			copyName(checkout, `${"x".repeat(250)}aaa`, content),
			copyName(checkout, `${"x".repeat(250)}bbb`, content),
		];

		expect(new Set(copies).size).toBe(copies.length);
	});
});
