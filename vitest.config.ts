import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.int.test.ts"],
    pool: "forks",
    // One process less than there are cores, as it is by default, is one on a small machine.
    maxWorkers: "100%",
    retry: 0,
    reporters: ["default"],
    coverage: { include: ["packages/*/src/**"] },
  },
});
