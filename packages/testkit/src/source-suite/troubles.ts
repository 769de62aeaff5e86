import { anySchema } from "../suite/any-schema.ts";
import { EMPTY, UNREADABLE } from "./malformations.ts";
import type { Offering } from "./offering.ts";
import type { RunningSource } from "./running-source.ts";
import type { SourceBench } from "./source-bench.ts";

interface Troubles {
  readonly running: RunningSource;
  /** All that was offered. */
  readonly offerings: readonly Offering[];
}

/** A bus to whose source all has happened that can: what is right, what fails, what is wrong. It still runs. */
export async function troubles(bench: SourceBench): Promise<Troubles> {
  const { faults } = bench.declared;
  const { schema, refuse } = refusable();
  const running = await bench.start({
    events: Object.fromEntries(Object.keys(bench.events).map((type) => [type, schema])),
  });
  const offerings: Offering[] = [];
  const fail = async (offering: Offering, hasFailed: () => boolean): Promise<void> => {
    await running.untilFailed(offering, hasFailed);
    offerings.push(offering);
  };

  const right = running.offer("right");
  await running.untilTaken(right);
  offerings.push(right);
  for (const failing of ["append", "all"] as const) {
    running.store.failing = failing;
    const { asked, askedOfState } = running.store;
    await fail(
      running.offer(`failed-${failing}`),
      () => running.store.asked > asked || running.store.askedOfState > askedOfState,
    );
  }
  running.store.failing = undefined;
  if (faults.has("unauthorized")) {
    offerings.push(await running.offered("stray", { secret: undefined }));
    offerings.push(await running.offered("stray", { secret: "wrong" }));
  }
  const spoils = [
    ...(faults.has("malformed") ? Object.values(UNREADABLE) : []),
    ...(faults.has("empty") ? Object.values(EMPTY) : []),
  ];
  for (const spoil of spoils) offerings.push(await running.offered("spoilt", { spoil }));
  if (faults.has("oversized")) offerings.push(await running.offered("oversized", { isOversized: true }));
  const refused = refuse();
  await fail(running.offer("unfit"), () => refused.count > 0);
  return { running, offerings };
}

/** A schema that takes anything, until it is told to take nothing. */
function refusable(): { readonly schema: typeof anySchema; readonly refuse: () => { readonly count: number } } {
  const refused = { count: 0 };
  let isRefusing = false;
  const validate = (
    value: unknown,
  ): { readonly value: unknown } | { readonly issues: [{ readonly message: string }] } => {
    if (!isRefusing) return { value };
    refused.count += 1;
    return { issues: [{ message: "the suite refuses it" }] };
  };
  return {
    schema: { "~standard": { ...anySchema["~standard"], validate } },
    refuse: () => {
      isRefusing = true;
      return refused;
    },
  };
}
