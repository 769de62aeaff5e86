/** What keeps the process alive, or listens to it, that was not there when the watch began. */
export class ProcessWatch {
  readonly #resources: readonly string[] = process.getActiveResourcesInfo();
  readonly #listeners: readonly string[] = listeners();

  /** Kinds of handles, timers and requests, as Node names them. */
  get newResources(): readonly string[] {
    return without(process.getActiveResourcesInfo(), this.#resources);
  }

  /** Names of the events that are listened to, each as often as it is. */
  get newListeners(): readonly string[] {
    return without(listeners(), this.#listeners);
  }
}

function listeners(): readonly string[] {
  return process
    .eventNames()
    .flatMap((name) => Array.from({ length: process.listenerCount(name) }, () => String(name)));
}

/** What is left of `all` when each of `some` has been taken away once. */
function without(all: readonly string[], some: readonly string[]): readonly string[] {
  const rest = [...all];
  for (const each of some) {
    const index = rest.indexOf(each);
    if (index >= 0) rest.splice(index, 1);
  }
  return rest;
}

/** The reasons of all rejections that nobody handles while the work is done. The runner, which would fail the test for them, hears nothing of them. */
export async function unhandledDuring(work: () => Promise<void>): Promise<readonly unknown[]> {
  const reasons: unknown[] = [];
  const others = process.rawListeners("unhandledRejection") as NodeJS.UnhandledRejectionListener[];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => void reasons.push(reason));
  try {
    await work();
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return reasons;
}
