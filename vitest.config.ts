import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.int.test.ts"],
    pool: "forks",
    // One process less than there are cores, as it is by default, is one on a small machine.
    maxWorkers: "100%",
    retry: 0,
    // Tests wait on conditions, and hours of virtual time take a busy machine some seconds of real time.
    testTimeout: 20_000,
    reporters: ["default"],
    coverage: { include: ["packages/*/src/**"] },
  },
});
