import type { Store } from "@bus/core";

/** One thing that every store must do. */
export interface StoreTest {
  /** A sentence about the behaviour; no two of the suite are the same. */
  readonly name: string;
  /** Skipped for stores that do not have it. */
  readonly needs?: "durable" | "transactions";
  /** Passes by resolving. Every loop in it is bounded: a store that gives no end must fail the test, not hang it. */
  run(context: StoreTestContext): Promise<void>;
}

export interface StoreTestContext {
  /** Fresh, and removed after the test. */
  readonly directory: string;
  /** A store on `directory`, not open; closed after the test. */
  create(): Store;
  /** A store on `directory`, open. Only a durable one finds there what another wrote. */
  open(): Promise<Store>;
  /** For tests that need `durable`: a store on `directory`, open in a process of its own. */
  elsewhere(): Promise<OtherProcess>;
  /** For tests that need `transactions`: a connection of the host to what `directory` holds, its store not open. */
  host(): HostConnection;
}

export interface OtherProcess {
  /** Each call is made over there. */
  readonly store: Store;
  /** Makes one call over there, and has that process die of SIGKILL in the moment in which the call resolves. */
  dieAfter(call: (store: Store) => Promise<unknown>): Promise<void>;
  /** Ends it by SIGKILL, whatever it is at. */
  kill(): Promise<void>;
}

/** A host's own connection, on which it runs transactions, with the store that takes part in them. */
export interface HostConnection {
  readonly store: Store;
  /** Runs `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT a`, `ROLLBACK TO a` or `RELEASE a`. */
  execute(statement: string): void | Promise<void>;
  close(): void;
}
