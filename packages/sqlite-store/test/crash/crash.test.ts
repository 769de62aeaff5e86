import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { violationsIn } from "./crash-report.ts";
import { crashRun } from "./crash-run.ts";

const LONGEST_TEST_MS = 60_000;

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "bus-crash-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe("a bus on the SQLite store", { timeout: LONGEST_TEST_MS }, () => {
  it.each([1, 2, 3])("loses nothing and keeps the order of keys, wherever it is killed (seed %i)", async (seed) => {
    const directory = await aDirectory();

    const report = await crashRun({ seed, kills: 10, events: 330, directory });

    expect(violationsIn(report)).toEqual([]);
    expect(report).toMatchObject({
      kills: {
        "after-commit": 1,
        "after-acknowledgement": 1,
        "before-send": 1,
        "after-answer": 1,
        "before-settle": 1,
        random: 5,
      },
      acknowledged: 330,
      arrived: 330,
    });
    // What was answered and not settled is the least that comes again.
    expect(report.duplicates).toBeGreaterThan(0);
  });

  it("delivers everything once when nothing is killed", async () => {
    const directory = await aDirectory();

    const report = await crashRun({ seed: 4, kills: 0, events: 330, directory });

    expect(violationsIn(report)).toEqual([]);
    expect(report).toMatchObject({ acknowledged: 330, arrivals: 330, duplicates: 0 });
  });
});

describe("the crash tests", { timeout: LONGEST_TEST_MS }, () => {
  it("catch a store that acknowledges before it has committed", async () => {
    const directory = await aDirectory();

    const report = await crashRun({
      seed: 5,
      kills: 3,
      events: 100,
      points: ["after-acknowledgement"],
      directory,
      sabotage: "acknowledges-early",
    });

    expect(report.lost).not.toEqual([]);
  });

  it("catch a sink that sends twice", async () => {
    const directory = await aDirectory();

    const report = await crashRun({ seed: 6, kills: 0, events: 50, directory, sabotage: "sends-twice" });

    expect(report.unexplained).toHaveLength(50);
  });

  it("catch deliveries that do not wait for those of their key", async () => {
    const directory = await aDirectory();

    const report = await crashRun({
      seed: 7,
      kills: 10,
      events: 400,
      points: ["before-send"],
      directory,
      sabotage: "forgets-keys",
    });

    expect(report.disordered).not.toEqual([]);
  });
});
