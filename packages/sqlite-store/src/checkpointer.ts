import { resolve as absolute } from "node:path";
import { Worker } from "node:worker_threads";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";

/** A log of so many pages is written back into the file. The next one takes its place on the disk: a growing log makes every commit slower. */
const LONGEST_LOG_PAGES = 1_000;

interface Log {
  readonly log: number;
  readonly checkpointed: number;
}

/** What the thread is told. It answers the first. */
export type CheckpointMessage = "write back" | "stop";

/**
 * Writes the log back into the file from a thread of its own: that flushes the disk twice and takes tens of ms, for which the host's event loop
 * must not be held. When there is no thread to be had, or it fails, SQLite does it within a commit from then on.
 */
export class Checkpointer {
  readonly #database: SqliteDatabase;
  readonly #path: string;
  readonly #log: Prepared<Log>;
  /** Made when there is work for it. */
  #worker: Worker | undefined;
  #hasFailed = false;
  #dueAtPages = LONGEST_LOG_PAGES;
  #done = (): void => {};

  constructor(database: SqliteDatabase, path: string) {
    this.#database = database;
    this.#path = absolute(path);
    this.#log = prepared(database, "PRAGMA wal_checkpoint(NOOP)");
    this.#database.exec("PRAGMA wal_autocheckpoint = 0");
  }

  get isDue(): boolean {
    return !this.#hasFailed && this.#pages >= this.#dueAtPages;
  }

  /** Called while nobody can write, or the end of the log would not be reached, and it would not begin anew. */
  async run(): Promise<void> {
    try {
      this.#worker ??= this.#start();
      await this.#tell(this.#worker, "write back");
    } catch {
      this.#fail();
    }
    // While somebody reads what is in the log alone, it is of no use to try after every commit.
    this.#dueAtPages = LONGEST_LOG_PAGES + this.#pages;
  }

  /** Before the connection is closed: the last one to be closed takes the log away. */
  async stop(): Promise<void> {
    // Told, not terminated: a thread that ends while it loads SQLite takes the process with it.
    if (this.#worker !== undefined) await this.#tell(this.#worker, "stop");
  }

  /** Of the log, that are not in the file yet. */
  get #pages(): number {
    try {
      const { log, checkpointed } = this.#log.get() ?? { log: 0, checkpointed: 0 };
      return log - checkpointed;
    } catch {
      // What keeps the log from being read is told to whoever is next to use the file.
      return 0;
    }
  }

  #start(): Worker {
    const script = `./checkpoint-worker.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`;
    const worker = new Worker(new URL(script, import.meta.url), { workerData: { path: this.#path } });
    worker.on("message", () => this.#done());
    worker.on("error", () => this.#fail());
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#done();
    });
    return worker;
  }

  /** Keeps the process alive until the thread has answered or ended. */
  #tell(worker: Worker, message: CheckpointMessage): Promise<void> {
    return new Promise((resolve) => {
      worker.ref();
      this.#done = () => {
        worker.unref();
        resolve();
      };
      worker.postMessage(message);
    });
  }

  #fail(): void {
    this.#hasFailed = true;
    if (this.#database.open) this.#database.exec(`PRAGMA wal_autocheckpoint = ${LONGEST_LOG_PAGES}`);
  }
}
