import type { Store } from "@bus/core";

export interface CallMessage {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The process is to die in the moment in which the call resolves. */
  readonly thenDie: boolean;
}

export interface AnswerMessage {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code: string | undefined };
}

/**
 * Answers the calls of the parent process on `store`.
 *
 * It goes to that process as text, so that the suite needs no file there: it uses nothing from outside of itself.
 */
export function serveStore(store: Store): void {
  const answer = async ({ call, method, args, thenDie }: CallMessage): Promise<AnswerMessage> => {
    const [name = "", part] = method.split(".").toReversed();
    const owner: unknown = part === "state" ? store.state : store;
    try {
      const value = await (owner as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]!(...args);
      if (thenDie) process.kill(process.pid, "SIGKILL");
      return { call, value };
    } catch (error) {
      // An error that is sent loses what it has beside its message.
      const { message, code } = error as NodeJS.ErrnoException;
      return { call, error: { message, code } };
    }
  };
  process.on("disconnect", () => process.exit());
  process.on("message", (message: CallMessage) => {
    void answer(message).then((answered) => process.send!(answered));
  });
}
