/**
 * All measurements of the durable store, one after the other, each in a process of its own. Writes what they print to `results/store.md`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { machine } from "./report/machine.ts";

const MEASUREMENTS = ["publish.bench.ts", "lease-settle.bench.ts", "backlog.bench.ts", "loop-delay.bench.ts"];
const RESULTS = new URL("../results/", import.meta.url);

const INTRODUCTION = `# Measurements of the durable store

Written by \`npx -y pnpm@12 bench\`; how to read it is in the [README](../README.md). Each part is one run, all contenders in it.

${machine()
  .map((fact) => `- ${fact}`)
  .join("\n")}`;

const parts = [INTRODUCTION];
for (const measurement of MEASUREMENTS) parts.push(`${await run(measurement)}\n\nFrom \`src/${measurement}\`.`);
mkdirSync(RESULTS, { recursive: true });
const file = fileURLToPath(new URL("store.md", RESULTS));
writeFileSync(file, `${parts.join("\n\n")}\n`);
console.log(`${parts.join("\n\n")}\n\nWritten to ${file}`);

/** What it printed. Its progress is shown as it goes; when it fails the other parts are measured all the same. */
async function run(measurement: string): Promise<string> {
  const script = fileURLToPath(new URL(measurement, import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code === 0) return output.trim();
  process.exitCode = 1;
  return `## ${measurement} failed\n\nIt ended with ${String(code)}; its errors went to the screen.`;
}
