import { BusError, type AppendEntry } from "@bus/core";
import type { Append } from "./append.ts";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import { inOneGo, turn } from "./steps.ts";
import { storeFault } from "./store-fault.ts";

type Answers = readonly ("appended" | "duplicate")[];

/** How often to look whether a transaction that was left open is over. */
const LOOK_AGAIN_MS = 1;

/** Appends within a transaction that the host has begun on its own connection. */
export class HostTransaction {
  readonly #database: SqliteDatabase;
  readonly #ledger: Ledger;
  readonly #append: Append;
  readonly #place: string;
  readonly #savepoint: Prepared;
  readonly #release: Prepared;
  readonly #rollback: Prepared;
  readonly #underWay = new Set<Promise<Answers>>();

  constructor(database: SqliteDatabase, parts: { ledger: Ledger; append: Append; place: string }) {
    this.#database = database;
    this.#ledger = parts.ledger;
    this.#append = parts.append;
    this.#place = parts.place;
    this.#savepoint = prepared(database, "SAVEPOINT bus_append");
    this.#release = prepared(database, "RELEASE bus_append");
    this.#rollback = prepared(database, "ROLLBACK TO bus_append");
  }

  /**
   * Writes before it returns; the promise is settled when the host's transaction is over.
   *
   * @throws {BusError} BUS_TRANSACTION_ROLLED_BACK when the host rolled it back, whole or to a savepoint before.
   */
  append(entries: readonly AppendEntry[], options: { maxBacklog: number; now: number }): Promise<Answers> {
    let answers: Answers;
    try {
      answers = this.#write(entries, options);
    } catch (error) {
      return Promise.reject(storeFault(error, "append", this.#place));
    }
    const outcome = this.#outcome(entries, answers).finally(() => void this.#underWay.delete(outcome));
    this.#underWay.add(outcome);
    return outcome;
  }

  /** When no transaction with an append in it is open. */
  async over(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #write(entries: readonly AppendEntry[], options: { maxBacklog: number; now: number }): Answers {
    // The host may have rolled back to a savepoint since the last one.
    this.#ledger.forgetLanes();
    this.#savepoint.run();
    try {
      this.#ledger.begin();
      const answers = inOneGo(this.#append.append(entries, options));
      inOneGo(this.#ledger.finish());
      return answers;
    } catch (error) {
      if (this.#database.inTransaction) this.#rollback.run();
      throw error;
    } finally {
      if (this.#database.inTransaction) this.#release.run();
      this.#ledger.forgetLanes();
    }
  }

  async #outcome(entries: readonly AppendEntry[], answers: Answers): Promise<Answers> {
    await turn();
    while (this.#database.open && this.#database.inTransaction) await lookAgain();
    try {
      if (entries.every(({ event }) => this.#append.hasEvent(event.id))) return answers;
    } catch (error) {
      throw storeFault(error, "append", this.#place);
    }
    throw new BusError("BUS_TRANSACTION_ROLLED_BACK", [entries.length]);
  }
}

function lookAgain(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, LOOK_AGAIN_MS));
}
