import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { aFolder } from "./a-folder.ts";

const main = join(import.meta.dirname, "../src/main.ts");

/** As a shell without a terminal runs it. */
function create(cwd: string, ...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, npm_config_user_agent: "pnpm/12.0.0 npm/? node/v24.0.0" };
  return spawnSync(process.execPath, [main, ...args], { cwd, env, encoding: "utf8" });
}

it("writes the package, and says what to do next", () => {
  const cwd = aFolder();

  const { status, stdout } = create(cwd, "crm-sink", "--kind", "sink", "--form", "factory");

  expect(status).toBe(0);
  expect(existsSync(join(cwd, "crm-sink/src/crm-sink.ts"))).toBe(true);
  expect(stdout).toContain("cd crm-sink\n  pnpm install\n  pnpm run test\n");
  expect(stdout).toContain("sinkSuite");
});

it("says what to do next in a folder whose name has a blank", () => {
  const cwd = aFolder();

  const { stdout } = create(cwd, "my sinks/it's", "--kind", "sink", "--form", "factory", "--name", "crm-sink");

  const [command = ""] = stdout.split("\n").filter((line) => line.startsWith("  cd "));
  const { stdout: folder } = spawnSync(`${command} && pwd`, { cwd, encoding: "utf8", shell: true });
  expect(folder.trim()).toBe(join(cwd, "my sinks/it's"));
});

it("writes into the folder it is in", () => {
  const cwd = aFolder();

  const { stdout } = create(cwd, ".", "--kind", "source", "--form", "class", "--name", "crm-source");

  expect(readdirSync(cwd)).toContain("package.json");
  expect(stdout).not.toContain("cd ");
});

it("asks nothing without a terminal, and names what is missing", () => {
  const cwd = aFolder();

  const { status, stdout, stderr } = create(cwd, "crm-sink", "--kind", "sink");

  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: "This is no terminal, so that nothing can be asked. Write --form factory or --form class.\n",
  });
  expect(readdirSync(cwd)).toEqual([]);
});

it("refuses in one line", () => {
  const { status, stderr } = create(aFolder(), "crm", "--kind", "sink", "--form", "class", "--name", "Crm");

  expect(status).toBe(1);
  expect(stderr).toMatch(/^"Crm" is no package name.*\.\n$/);
});

it("shows how it is called", () => {
  const { status, stdout } = create(aFolder(), "--help");

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: create-bus-plugin/);
});
