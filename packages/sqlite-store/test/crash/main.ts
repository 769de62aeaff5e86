import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { figuresOf, violationsIn } from "./crash-report.ts";
import { crashRun } from "./crash-run.ts";

const PROGRESS_EVERY = 10;
const MOST_SHOWN = 50;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    events: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
  },
});
const kills = wholeNumber(values.kills);
const events = wholeNumber(values.events);
const seed = wholeNumber(values.seed);

const directory = await mkdtemp(join(tmpdir(), "bus-crash-"));
const report = await crashRun({
  seed,
  kills,
  events,
  directory,
  progress: (count) => {
    if (count % PROGRESS_EVERY === 0) console.error(`${count} of ${kills} kills`);
  },
});
const violations = violationsIn(report);
console.log(figuresOf(report));

if (violations.length === 0) await rm(directory, { recursive: true });
else {
  for (const violation of violations.slice(0, MOST_SHOWN)) console.error(violation);
  console.error(`The files are in ${directory}. Again: pnpm crash --kills ${kills} --events ${events} --seed ${seed}`);
  process.exitCode = 1;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`"${text}" is no whole number.`);
  return Number(text);
}
