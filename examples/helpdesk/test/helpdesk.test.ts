import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";

const SUMMARY = {
  "conversation.created of conversation-10": [/^good +delivered +1 attempt$/, /^flaky +delivered +[1-3] attempts?$/],
  "message.created of conversation-10": [/^good +delivered +1 attempt$/, /^flaky +delivered +[1-3] attempts?$/],
  "conversation.created of conversation-11": [/^good +delivered +1 attempt$/, /^flaky +delivered +[1-3] attempts?$/],
  "message.created of conversation-11": [/^good +delivered +1 attempt$/, /^flaky +delivered +[1-3] attempts?$/],
  "conversation.created of conversation-20": [/^gone +delivered +[12] attempts?$/],
  "message.created of conversation-20": [/^silent +delivered +6 attempts$/, /^gone +delivered +1 attempt$/],
  "conversation.created of conversation-21": [/^gone +delivered +[12] attempts?$/],
  "message.created of conversation-21": [/^silent +delivered +6 attempts$/, /^gone +delivered +1 attempt$/],
};

it("registers, delivers, retries, parks, enables and replays, and ends by itself", { timeout: 30_000 }, async () => {
  const { code, errors, output } = await outcomeOf(theDesk());

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expectSummary(output, SUMMARY);
  expect(output).toMatch(/^A test of "good" was answered with 204 after \d+ ms\.$/m);
  expect(output.match(/^retrying +flaky/gm)).toHaveLength(2);
  expect(output.match(/^ +conversation-\d+-created +retry +\d+ ms +503 Service Unavailable$/gm)).toHaveLength(2);
  expect(output.match(/^dead +silent .* took longer than 500 ms\.$/gm)).toHaveLength(2);
  expect(output).toContain('The desk replays 2 dead letters of "silent".');
  expect(output).toMatch(/^disabled +gone +The receiver answered 410: it is gone\.$/m);
});

it("rotates a secret while deliveries go on, and sends what was parked in order", { timeout: 30_000 }, async () => {
  const { code, output } = await outcomeOf(theDesk());

  expect(code).toBe(0);
  const [, rotated = ""] = output.split('The secret of "good" is rotated.\n');
  // The receiver has the old secret alone until all is delivered, and refuses what is not signed with it.
  expect(rotated).toMatch(/^delivered +good +conversation-11-message, attempt 1$/m);
  expect(output).not.toContain("401");
  const [parked = "", enabled = ""] = output.split('Globex enables "gone" on its settings page.\n');
  expect(parked).not.toMatch(/^delivered +gone/m);
  const sent = [...enabled.matchAll(/^delivered +gone +(\S+),/gm)].map(([, event = ""]) => event);
  for (const key of ["conversation-20", "conversation-21"])
    expect(sent.filter((event) => event.startsWith(key))).toEqual([`${key}-created`, `${key}-message`]);
});

it("goes on where it was when it is killed and started again", { timeout: 60_000 }, async () => {
  const store = aStoreFile();
  const killed = theDesk("--store", store);
  await outputOf(
    killed,
    (output) => output.match(/^delivered +good/gm)?.length === 4 && /^retrying +silent +conversation-21/m.test(output),
  );
  killed.kill("SIGKILL");
  await once(killed, "exit");

  const { code, errors, output } = await outcomeOf(theDesk("--store", store));

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(output).toMatch(/^Goes on with 8 events of an earlier run: \d+ deliveries are left\.$/m);
  const flakyMayBeCutShort = /^flaky +delivered/;
  const silent = /^silent +delivered/;
  const gone = /^gone +delivered/;
  expectSummary(output, {
    "conversation.created of conversation-10": [/^good +delivered +1 attempt$/, flakyMayBeCutShort],
    "message.created of conversation-10": [/^good +delivered +1 attempt$/, flakyMayBeCutShort],
    "conversation.created of conversation-11": [/^good +delivered +1 attempt$/, flakyMayBeCutShort],
    "message.created of conversation-11": [/^good +delivered +1 attempt$/, flakyMayBeCutShort],
    "conversation.created of conversation-20": [gone],
    "message.created of conversation-20": [silent, gone],
    "conversation.created of conversation-21": [gone],
    "message.created of conversation-21": [silent, gone],
  });
  // What had arrived was not sent again.
  expect(output).not.toMatch(/^\w+ +good +conversation/m);
  const toGood = readFileSync(`${store}.received`, "utf8").match(/^good conversation.*$/gm) ?? [];
  expect(toGood.toSorted()).toEqual([
    "good conversation-10-created 204",
    "good conversation-10-message 204",
    "good conversation-11-created 204",
    "good conversation-11-message 204",
  ]);
});

it("has nothing left to do when it is started again after its end", { timeout: 60_000 }, async () => {
  const store = aStoreFile();
  const first = await outcomeOf(theDesk("--store", store));
  const received = readFileSync(`${store}.received`, "utf8");

  const { code, errors, output } = await outcomeOf(theDesk("--store", store));

  expect({ first: first.code, code, errors }).toEqual({ first: 0, code: 0, errors: "" });
  expect(output).toContain("Goes on with 8 events of an earlier run: 0 deliveries are left.");
  expectSummary(output, SUMMARY);
  // Its webhooks are those of the first run, at their new URLs and with new secrets: the test arrives.
  expect(output).toMatch(/^A test of "good" was answered with 204/m);
  expect(readFileSync(`${store}.received`, "utf8").replace(received, "")).toMatch(/^good test_\S+ 204\n$/);
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

it.each([
  { args: ["--store"], reason: "Option '--store <value>' argument missing" },
  { args: ["--store="], reason: "Option '--store <value>' is empty" },
  { args: ["--stroe", "bus.db"], reason: "Unknown option '--stroe'" },
  { args: ["bus.db"], reason: "Unexpected argument 'bus.db'" },
  { args: ["--store", "no/such/folder/bus.db"], reason: 'the directory "no/such/folder" of its path does not exist' },
])("says in a sentence what is wrong with $args", async ({ args, reason }) => {
  const { code, errors, output } = await outcomeOf(theDesk(...args));

  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toContain(reason);
  expect(errors).toContain("Usage: node main.ts [--store <file>]");
  expect(errors).not.toMatch(/^ +at /m);
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

/** Exactly these events, and below each exactly these lines, in any order of the events. */
function expectSummary(output: string, expected: Readonly<Record<string, readonly RegExp[]>>): void {
  expect(output.match(/^\w+\.created of .*$/gm)?.toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [event, lines] of Object.entries(expected))
    expect(linesOf(output, event)).toEqual(lines.map((line) => expect.stringMatching(line)));
}

/** The lines of the summary below a heading. */
function linesOf(output: string, heading: string): string[] {
  const [, below = ""] = output.split(`${heading}\n`);
  return (below.split("\n\n")[0] ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
}
