import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		environment: "node",
		include: ["test/**/*.test.ts"],
		// Processes, not threads: a thousand synthesized stacks need a heap of their own.
		pool: "forks",
		maxWorkers: 2,
		// Nothing here waits for the wall clock; what takes longer than this on a busy machine hangs.
		testTimeout: 30_000,
		hookTimeout: 60_000,
		coverage: { include: ["bin/**", "functions/**", "lib/**", "simulator/**"], reporter: ["text-summary", "html"] },
	},
});
