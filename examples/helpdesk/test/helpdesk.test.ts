import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";

const EVENTS = ["conversation.created", "message.created"].flatMap((type) =>
  ["conversation-10", "conversation-11"].map((key) => `${type} of ${key}`),
);
it("delivers, retries, gives up and parks, and ends by itself with a summary", { timeout: 30_000 }, async () => {
  const { code, errors, output } = await outcomeOf(theDesk());

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  for (const event of EVENTS) {
    expect(linesOf(output, event)).toEqual([
      expect.stringMatching(/^good +delivered +1 attempt$/),
      expect.stringMatching(/^flaky +delivered +[1-3] attempts?$/),
      expect.stringMatching(/^silent +dead +3 attempts +The request to \S+ took longer than 500 ms\.$/),
      expect.stringMatching(/^gone +parked/),
    ]);
  }
  expect(output).toContain('4 parked for "gone": The endpoint answered 410: it is gone.');
  expect(output.match(/^retrying +flaky/gm)).toHaveLength(2);
});

it("goes on where it was when it is killed and started again", { timeout: 60_000 }, async () => {
  const store = aStoreFile();
  const killed = theDesk("--store", store);
  await outputOf(killed, (output) => output.match(/^delivered +good/gm)?.length === 4);
  killed.kill("SIGKILL");
  await once(killed, "exit");

  const { code, errors, output } = await outcomeOf(theDesk("--store", store));

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(output).toMatch(/^Goes on with 4 events of an earlier run: \d+ deliveries are left\.$/m);
  expect(output.match(/^\w+\.created of .*$/gm)?.toSorted()).toEqual(EVENTS.toSorted());
  for (const event of EVENTS) {
    expect(linesOf(output, event)).toEqual([
      expect.stringMatching(/^good +delivered +1 attempt$/),
      expect.stringMatching(/^flaky +delivered/),
      expect.stringMatching(/^silent +dead +3 attempts/),
      expect.stringMatching(/^gone +parked/),
    ]);
  }
  // What had arrived was not sent again.
  expect(output).not.toMatch(/^\w+ +good/m);
  const toGood = readFileSync(`${store}.received`, "utf8").match(/^good .*$/gm) ?? [];
  expect(toGood).toHaveLength(4);
  expect(new Set(toGood).size).toBe(4);
});

it("stops at Ctrl-C, and the next start has no lease to wait for", { timeout: 60_000 }, async () => {
  const store = aStoreFile();
  const stopped = theDesk("--store", store);
  await outputOf(stopped, (output) => /^delivered +good/m.test(output));
  stopped.kill("SIGINT");
  const [, signal] = await once(stopped, "exit");

  const { code, errors, output } = await outcomeOf(theDesk("--store", store));

  expect({ signal, code, errors }).toEqual({ signal: null, code: 0, errors: "" });
  expect(output).toMatch(/^Goes on with \d events of an earlier run: \d+ deliveries are left\.$/m);
  expect(output).not.toContain("It was killed");
});

type Desk = ChildProcessByStdio<null, Readable, Readable>;

function theDesk(...args: readonly string[]): Desk {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const desk = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void desk.kill("SIGKILL"));
  return desk;
}

async function outcomeOf(desk: Desk): Promise<{ output: string; errors: string; code: unknown }> {
  const [output, errors, [code]] = await Promise.all([text(desk.stdout), text(desk.stderr), once(desk, "exit")]);
  return { output, errors, code };
}

/** Waits until what the desk has written is as `isEnough` says. */
async function outputOf(desk: Desk, isEnough: (output: string) => boolean): Promise<void> {
  let output = "";
  desk.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  while (!isEnough(output)) await once(desk.stdout, "data");
}

function aStoreFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "helpdesk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "bus.db");
}

/** The lines of the summary below a heading. */
function linesOf(output: string, heading: string): string[] {
  const [, below = ""] = output.split(`${heading}\n`);
  return (below.split("\n\n")[0] ?? "").split("\n").map((line) => line.trim());
}
