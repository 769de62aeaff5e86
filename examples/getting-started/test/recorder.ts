// #region recorder
import { defineSink, delivered, type Delivery, type Outcome, type SinkPlugin } from "@bus/core";
import { z } from "zod";

/** A sink that keeps what it gets. Its first attempts end as `answers` say, the others well. */
export function recorder(...answers: Outcome[]): { received: Delivery[]; sink: SinkPlugin<undefined, undefined> } {
  const received: Delivery[] = [];
  const deliver = (batch: readonly Delivery[]): readonly Outcome[] => {
    received.push(...batch);
    return batch.map(() => answers.shift() ?? delivered());
  };
  const recorderSink = defineSink({ name: "recorder", options: z.object({}), create: () => ({ deliver }) });
  return { received, sink: recorderSink({}) };
}
// #endregion recorder
