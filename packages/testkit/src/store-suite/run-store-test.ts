import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@bus/core";
import { otherProcess } from "./other-process.ts";
import type { StoreSuiteOptions } from "./store-suite.ts";
import type { HostConnection, StoreTest } from "./store-test.ts";

/** The store under test. */
export type Subject = Omit<StoreSuiteOptions, "test">;

/** Runs one test in a directory of its own; afterwards all it opened is closed and the directory is gone. */
export async function runStoreTest(test: StoreTest, { create, durable, transactions }: Subject): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "bus-store-"));
  const endings: (() => Promise<void>)[] = [];
  const created = (): Store => {
    const store = create(directory);
    endings.push(() => store.close());
    return store;
  };

  let ended: readonly PromiseSettledResult<void>[];
  try {
    await test.run({
      directory,
      create: created,
      open: async () => {
        const store = created();
        await store.open();
        return store;
      },
      elsewhere: async () => {
        const other = otherProcess(given(durable, "durable").module, directory);
        endings.push(() => other.kill());
        await other.store.open();
        return other;
      },
      host: () => {
        const host = given(transactions, "transactions")(directory);
        endings.push(() => closeHost(host));
        return { store: host.store, execute: (statement) => host.execute(statement), close: () => host.close() };
      },
    });
  } finally {
    ended = await Promise.allSettled(endings.map((end) => end()));
    await rm(directory, { recursive: true, force: true });
  }
  for (const result of ended) if (result.status === "rejected") throw result.reason;
}

async function closeHost(host: HostConnection): Promise<void> {
  // A test that failed may have left a transaction open, for whose end the store would wait.
  await (async () => host.execute("ROLLBACK"))().catch(() => undefined);
  await host.store.close();
  host.close();
}

function given<Option>(option: Option | undefined, name: string): Option {
  if (option === undefined) throw new Error(`The test does not say that it needs "${name}".`);
  return option;
}
