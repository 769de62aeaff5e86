import { setTimeout } from "node:timers/promises";
import type { NumberedEvent } from "./numbered-events.ts";
import { SeededRandom } from "./seeded-random.ts";

interface Entry {
  readonly id: string;
  readonly key: string;
  readonly type: "number.counted";
  readonly data: { readonly key: string; readonly sequence: number };
}

export interface PublishingHost {
  publish(entry: Entry): Promise<unknown>;
  publishMany(entries: readonly Entry[]): Promise<unknown>;
  /** Called after each acknowledgement, and waited for. */
  acknowledged(ids: readonly string[]): Promise<void>;
}

const PUBLISHERS = 3;
const LARGEST_STEP = 8;
const LONGEST_PAUSE_MS = 2;

/** Publishes from several places at once, each with keys of its own: one by one, concurrently, and many in one. */
export async function publishAll(events: readonly NumberedEvent[], host: PublishingHost, seed: number): Promise<void> {
  const parts: NumberedEvent[][] = Array.from({ length: PUBLISHERS }, () => []);
  for (const event of events) parts[Number(event.key.slice(1)) % PUBLISHERS]?.push(event);
  await Promise.all(parts.map((part, index) => publishPart(part, host, new SeededRandom(seed + index))));
}

async function publishPart(part: NumberedEvent[], host: PublishingHost, random: SeededRandom): Promise<void> {
  while (part.length > 0) {
    const step = part.splice(0, random.between(1, LARGEST_STEP)).map(entryOf);
    await random.pick([oneByOne, concurrently, manyInOne])(step, host);
    await setTimeout(random.between(0, LONGEST_PAUSE_MS));
  }
}

async function oneByOne(step: readonly Entry[], host: PublishingHost): Promise<void> {
  for (const entry of step) await publishOne(entry, host);
}

async function concurrently(step: readonly Entry[], host: PublishingHost): Promise<void> {
  await Promise.all(step.map((entry) => publishOne(entry, host)));
}

async function manyInOne(step: readonly Entry[], host: PublishingHost): Promise<void> {
  await host.publishMany(step);
  await host.acknowledged(step.map(({ id }) => id));
}

async function publishOne(entry: Entry, host: PublishingHost): Promise<void> {
  await host.publish(entry);
  await host.acknowledged([entry.id]);
}

function entryOf({ id, key, sequence }: NumberedEvent): Entry {
  return { type: "number.counted", id, key, data: { key, sequence } };
}
