import { defineConfig } from "vitest/config";

/** The tests that hold lib/domain, and nothing slower: they run once for every mutant. */
export default defineConfig({
	test: {
		environment: "node",
		include: ["test/domain/**/*.test.ts"],
		// Instrumented code is several times slower.
		testTimeout: 60_000,
	},
});
