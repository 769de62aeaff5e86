import { hash } from "node:crypto";
import type { Logger, Publisher, PublishEntry } from "@bus/core";
import { RefusedPush } from "../http/refused-push.ts";
import type { PushMark, PushMarks } from "./push-marks.ts";
import type { PushUnit } from "./push-units.ts";

/**
 * Publishes each unit once within the window, however often and wherever it comes.
 *
 * A unit is claimed, published and noted as done. Whoever comes between, or after a crash there, publishes again under the ids that the claim
 * has fixed, and the store records an id once. What is done is not published, so that the store may have forgotten its ids.
 */
export class PublishOnce {
  readonly #marks: PushMarks;
  readonly #logger: Logger;

  constructor(marks: PushMarks, logger: Logger) {
    this.#marks = marks;
    this.#logger = logger;
  }

  /** Resolves once all events are durable. Rejects with what the state or the publisher rejected with; nothing of the units is lost then. */
  async publish(units: readonly PushUnit[], publisher: Publisher): Promise<void> {
    const marks = await this.#marks.claim(units);
    const open = units.flatMap((unit, index) => {
      const mark = marks[index] as PushMark;
      if (unit.fingerprint !== mark.fingerprint)
        throw new RefusedPush(400, "Idempotency-Key was used for another push: give each push a key of its own");
      return mark.isDone ? [] : [[unit, mark] as const];
    });
    if (open.length === 0) return;
    await publisher.publishMany(open.flatMap(([unit, mark]) => entriesOf(unit, mark)));
    try {
      await this.#marks.finish(open);
    } catch (err) {
      // The events are durable, and their ids keep them from being recorded twice while the store knows them.
      this.#logger.error({ err }, "The state did not keep that a push was published.");
    }
  }
}

/** Their ids rise with time, as those of the bus do: a store that indexes them writes fewer pages. */
function entriesOf({ key, entries }: PushUnit, { at }: PushMark): readonly PublishEntry[] {
  const time = at.toString(16).padStart(12, "0");
  return entries.map((entry, index) => ({
    ...entry,
    id: time + hash("sha256", `${key}\0${at}\0${index}`).slice(0, 32),
  }));
}
