/** Runs every example as its reader does, `node main.ts`, and fails for one that fails or does not end. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const LIMIT_MS = 60_000;
const examples = resolve(import.meta.dirname, "../examples");

for (const name of readdirSync(examples)) {
  const folder = join(examples, name);
  if (!existsSync(join(folder, "main.ts"))) continue;
  const { status, signal } = spawnSync("node", ["main.ts"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: LIMIT_MS,
  });
  if (status !== 0) {
    console.error(`Example ${name}: ${signal === null ? `ended with ${status}` : `did not end within ${LIMIT_MS} ms`}`);
    process.exitCode = 1;
  }
}
