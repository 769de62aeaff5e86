import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { acknowledgedIn, AcknowledgedLog } from "./acknowledged-log.ts";

async function aLogPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "bus-log-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, "acknowledged.log");
}

it("holds nothing before it is written", async () => {
  const path = await aLogPath();

  const acknowledged = acknowledgedIn(path);

  expect([...acknowledged]).toEqual([]);
});

it("goes on behind the last whole line of a process that was killed", async () => {
  const path = await aLogPath();
  await appendFile(path, "e1\ne2\ne3");

  const log = new AcknowledgedLog(path);
  await Promise.all([log.add(["e40"]), log.add(["e5", "e6"])]);
  log.close();

  expect([...acknowledgedIn(path)]).toEqual(["e1", "e2", "e40", "e5", "e6"]);
});
