import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.int.test.ts"],
    pool: "forks",
    retry: 0,
    reporters: ["default"],
    coverage: { include: ["packages/*/src/**"] },
  },
});
