import type { Publisher, Source } from "@bus/core";

/** Stands between the bus and the source, and notes what the bus does with it. */
export class WatchedSource {
  /** Called when the source has begun to start, and has not ended that. */
  whenStarting: () => void = () => {};
  /** Called when the source says that it has stopped, before the bus hears of it. */
  whenStopped: () => void = () => {};
  /** What the bus told the source by: aborted when it stops. */
  signal: AbortSignal | undefined;
  #source: Source | undefined;

  /** As the plugin made it; undefined before. */
  get source(): Source | undefined {
    return this.#source;
  }

  /** What the bus is to have in its place. */
  watch(source: Source): Source {
    this.#source = source;
    return new Proxy(source, {
      get: (target, name) => {
        if (name === "start") return (...args: Parameters<Source["start"]>) => this.#start(target, ...args);
        if (name === "stop") return () => this.#stop(target);
        const value: unknown = Reflect.get(target, name, target);
        // Private state is the source's own, not its proxy's.
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  async #start(source: Source, publisher: Publisher, context: { readonly signal: AbortSignal }): Promise<void> {
    this.signal = context.signal;
    const started = source.start(publisher, context);
    this.whenStarting();
    await started;
  }

  async #stop(source: Source): Promise<void> {
    await source.stop?.();
    this.whenStopped();
  }
}
