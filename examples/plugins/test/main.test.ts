import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("takes each payment once, finds it in the index through an outage, and ends by itself", { timeout: 30_000 }, () => {
  const cwd = join(import.meta.dirname, "..");

  const { status, stdout, stderr } = spawnSync(process.execPath, ["main.ts"], { cwd, encoding: "utf8" });

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("once more: 204 204 204\n");
  expect(stdout).toContain("wrong: 401\n");
  expect(stdout).toContain("The sink says: The target answered 503.\n");
  expect(stdout).toContain("3 documents: 3 delivered, 0 dead letters.");
  expect(stdout).toContain("payment.received { amount: 40, reference: '...' }");
});
