/**
 * All measurements, or those of the subjects named as arguments, one after the other, each in a process of its own. What they print goes to
 * `results/<subject>.md`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { machine } from "./report/machine.ts";

const SUBJECTS: Readonly<Record<string, { readonly title: string; readonly measurements: readonly string[] }>> = {
  dispatch: {
    title: "dispatch in the process",
    measurements: ["dispatch.bench.ts"],
  },
  store: {
    title: "the durable store",
    measurements: ["publish.bench.ts", "lease-settle.bench.ts", "backlog.bench.ts", "loop-delay.bench.ts"],
  },
  webhooks: {
    title: "webhooks",
    measurements: ["webhook-throughput.bench.ts", "webhook-fairness.bench.ts", "webhook-endpoints.bench.ts"],
  },
  graph: {
    title: "the knowledge graph",
    measurements: ["graph-records.bench.ts", "graph-pushes.bench.ts"],
  },
  notifications: {
    title: "notifications",
    measurements: ["notification-triggers.bench.ts"],
  },
};
const RESULTS = new URL("../results/", import.meta.url);

const [first, ...others] = process.argv.slice(2);
for (const subject of first === undefined ? Object.keys(SUBJECTS) : [first, ...others]) await measure(subject);

async function measure(subject: string): Promise<void> {
  const known = SUBJECTS[subject];
  if (!known) throw new Error(`"${subject}" is no subject: name ${Object.keys(SUBJECTS).join(" or ")}.`);
  const facts = machine().map((fact) => `- ${fact}`);
  const parts = [
    `# Measurements of ${known.title}`,
    `Written by \`npx -y pnpm@12 bench ${subject}\`; how to read it is in the [README](../README.md). Each part is one run, all contenders in it.`,
    facts.join("\n"),
  ];
  for (const measurement of known.measurements) parts.push(`${await run(measurement)}\n\nFrom \`src/${measurement}\`.`);
  mkdirSync(RESULTS, { recursive: true });
  const file = fileURLToPath(new URL(`${subject}.md`, RESULTS));
  writeFileSync(file, `${parts.join("\n\n")}\n`);
  console.log(`${parts.join("\n\n")}\n\nWritten to ${file}`);
}

/** What it printed. Its progress is shown as it goes; when it fails the other parts are measured all the same. */
async function run(measurement: string): Promise<string> {
  const script = fileURLToPath(new URL(measurement, import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code === 0) return output.trim();
  process.exitCode = 1;
  return `## ${measurement} failed\n\nIt ended with ${String(code)}; its errors went to the screen.`;
}
