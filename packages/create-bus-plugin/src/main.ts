#!/usr/bin/env node
import { resolve } from "node:path";
import { askChoices } from "./ask-choices.ts";
import { completeChoices } from "./complete-choices.ts";
import { givenChoices, USAGE } from "./given-choices.ts";
import { nextSteps } from "./next-steps.ts";
import { Refusal } from "./refusal.ts";
import { writePlugin } from "./write-plugin.ts";

try {
  await create();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function create(): Promise<void> {
  const { isHelp, ...given } = givenChoices(process.argv.slice(2));
  if (isHelp) return void process.stdout.write(USAGE);
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const choices = isTerminal
    ? await askChoices(given, { input: process.stdin, output: process.stdout })
    : completeChoices(given);
  const folder = resolve(choices.folder);
  writePlugin({ ...choices, folder });
  const steps = nextSteps({ ...choices, folder }, { cwd: process.cwd(), userAgent: process.env.npm_config_user_agent });
  console.log(`\n${choices.name} is in ${folder}. Next:\n\n${steps}`);
}
