import { Journal } from "./journal.ts";
import { startReceiver, type Receiver } from "./receiver.ts";
import { verify } from "./verify.ts";
import { verifyByHand } from "./verify-by-hand.ts";

/** The status that a receiver answers with, given how many webhooks it has had before; undefined: it never answers. */
type Answer = (before: number) => number | undefined;

/** From the server that every sender hopes for to the one that has gone. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  good: () => 204,
  flaky: (before) => (before < 2 ? 503 : 204),
  silent: () => undefined,
  gone: () => 410,
};

export interface Receivers {
  close(): Promise<void>;
  named(name: string | undefined): Receiver;
}

/** Starts the customers' servers. What each gets is noted in the file `journal`, if there is one. */
export async function startReceivers(journal?: string): Promise<Receivers> {
  const receivers = new Map<string | undefined, Receiver>();
  for (const [name, answer] of Object.entries(ANSWERS)) {
    const own = new Journal(name, journal);
    const check = name === "flaky" ? verifyByHand : verify;
    receivers.set(name, await startReceiver(check, own, () => answer(own.count)));
  }
  return {
    named(name) {
      const receiver = receivers.get(name);
      if (receiver === undefined) throw new Error(`No receiver is called "${name}".`);
      return receiver;
    },
    async close() {
      for (const receiver of receivers.values()) await receiver.close();
    },
  };
}
