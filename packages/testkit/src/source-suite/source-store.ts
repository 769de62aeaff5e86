import { memoryStore, type StateChange, type StateStore, type Store, type StoredEvent } from "@bus/core";

/** What several buses keep, one after the other or at once. */
export class StoreContents {
  readonly memory: Store = memoryStore();
  /** Every event that was recorded, in order. */
  readonly recorded: StoredEvent[] = [];
  /** All that was changed in the state of plugins, in order. */
  readonly stateChanges: StateChange[] = [];

  /** Those of this thing. */
  of(marker: string): readonly StoredEvent[] {
    return this.recorded.filter(({ data }) => data.includes(marker));
  }
}

/** The way of one bus to its store, which the tests can hold up, break or cut. */
export class SourceStore implements Store {
  readonly name: string = "suite";
  readonly keepsUnrouted: boolean = false;
  readonly pollMs: number = Infinity;
  readonly contents: StoreContents;
  readonly state: StateStore;
  /** What fails: nothing, what is appended, or the source's state too. */
  failing: "append" | "all" | undefined;
  /** Appends that were asked for, those among them that wait, and calls of the source's state. */
  asked = 0;
  held = 0;
  askedOfState = 0;
  /** Whether the process of the bus is gone: nothing more is asked for, and what was is not answered. */
  isGone = false;
  #gate: PromiseWithResolvers<void> | undefined;
  readonly #buried: PromiseWithResolvers<never> = Promise.withResolvers();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(contents: StoreContents) {
    this.contents = contents;
    this.#buried.promise.catch(() => undefined);
    const { memory } = contents;
    this.state = {
      get: (scope, keys) => this.#ofState(scope, () => memory.state.get(scope, keys)),
      change: (scope, changes) => {
        contents.stateChanges.push(...changes);
        return this.#ofState(scope, () => memory.state.change(scope, changes));
      },
      keys: (scope, prefix) => this.#ofState(scope, () => memory.state.keys(scope, prefix)),
    };
  }

  /** What is appended from now on waits for `release`. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** The end of a store that is gone: whoever still waits for it is told. */
  bury(): void {
    this.#buried.reject(new Error("The process that this store was of is gone."));
  }

  open(): Promise<void> {
    return this.contents.memory.open();
  }

  async close(): Promise<void> {
    if (this.isGone) return;
    await Promise.allSettled(this.#underWay);
    await this.contents.memory.close();
  }

  append(...args: Parameters<Store["append"]>): ReturnType<Store["append"]> {
    const answers = this.#append(...args);
    this.#underWay.add(answers);
    answers.catch(() => undefined).finally(() => this.#underWay.delete(answers));
    return answers;
  }

  lease(...args: Parameters<Store["lease"]>): ReturnType<Store["lease"]> {
    return this.#unlessGone(() => this.contents.memory.lease(...args));
  }

  settle(...args: Parameters<Store["settle"]>): ReturnType<Store["settle"]> {
    return this.#unlessGone(() => this.contents.memory.settle(...args));
  }

  expand(...args: Parameters<Store["expand"]>): ReturnType<Store["expand"]> {
    return this.#unlessGone(() => this.contents.memory.expand(...args));
  }

  due(...args: Parameters<Store["due"]>): ReturnType<Store["due"]> {
    return this.#unlessGone(() => this.contents.memory.due(...args));
  }

  lanes(): ReturnType<Store["lanes"]> {
    return this.#unlessGone(() => this.contents.memory.lanes());
  }

  setLane(...args: Parameters<Store["setLane"]>): ReturnType<Store["setLane"]> {
    return this.#unlessGone(() => this.contents.memory.setLane(...args));
  }

  get(...args: Parameters<Store["get"]>): ReturnType<Store["get"]> {
    return this.#unlessGone(() => this.contents.memory.get(...args));
  }

  query(...args: Parameters<Store["query"]>): ReturnType<Store["query"]> {
    return this.#unlessGone(() => this.contents.memory.query(...args));
  }

  replay(...args: Parameters<Store["replay"]>): ReturnType<Store["replay"]> {
    return this.#unlessGone(() => this.contents.memory.replay(...args));
  }

  discard(...args: Parameters<Store["discard"]>): ReturnType<Store["discard"]> {
    return this.#unlessGone(() => this.contents.memory.discard(...args));
  }

  stats(): ReturnType<Store["stats"]> {
    return this.#unlessGone(() => this.contents.memory.stats());
  }

  prune(...args: Parameters<Store["prune"]>): ReturnType<Store["prune"]> {
    return this.#unlessGone(() => this.contents.memory.prune(...args));
  }

  async #append(...[entries, options]: Parameters<Store["append"]>): Promise<readonly ("appended" | "duplicate")[]> {
    const { memory, recorded } = this.contents;
    if (this.isGone) return this.#buried.promise;
    this.asked += 1;
    if (this.#gate) {
      this.held += 1;
      await this.#gate.promise;
      this.held -= 1;
    }
    if (this.failing) throw new Error("The store of the suite fails.");
    const answers = await memory.append(entries, options);
    for (const [index, { event }] of entries.entries()) if (answers[index] === "appended") recorded.push(event);
    return this.isGone ? this.#buried.promise : answers;
  }

  /** The bus has a state of its own, which goes on. */
  async #ofState<T>(scope: string, call: () => Promise<T>): Promise<T> {
    if (scope.startsWith("source:")) {
      this.askedOfState += 1;
      if (this.failing === "all") throw new Error("The store of the suite fails.");
    }
    return this.#unlessGone(call);
  }

  #unlessGone<T>(call: () => Promise<T>): Promise<T> {
    return this.isGone ? this.#buried.promise : call();
  }
}
