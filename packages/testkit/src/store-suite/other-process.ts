import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import { remoteStore } from "./remote-store.ts";
import { serveStore, type AnswerMessage, type CallMessage } from "./serve-store.ts";
import type { OtherProcess } from "./store-test.ts";

/** A process that has loaded `module` and serves the store that its `create` makes of `directory`. */
export function otherProcess(module: string | URL, directory: string): OtherProcess {
  const child = new Child(module, directory);
  return {
    store: remoteStore((method, args) => child.call(method, args)),
    dieAfter: async (call) => {
      await call(remoteStore((method, args) => child.call(method, args, { thenDie: true })));
    },
    kill: () => child.kill(),
  };
}

interface Waiting {
  readonly thenDie: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(module: string | URL, directory: string) {
    const url = module instanceof URL || module.startsWith("file:") ? String(module) : pathToFileURL(module).href;
    // Most of what such a process does is to load the modules of the store.
    const source = `
      import { enableCompileCache } from "node:module";
      enableCompileCache();
      const { create } = await import(${JSON.stringify(url)});
      (${serveStore.toString()})(create(${JSON.stringify(directory)}));`;
    this.#process = spawn(process.execPath, ["--input-type=module", "--eval", source], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // Unlike JSON it carries lone surrogates, and undefined as they are.
      serialization: "advanced",
    });
    this.#process.on("message", (message: AnswerMessage) => this.#take(message));
    this.#ended = new Promise((resolve) => {
      this.#process.on("exit", (_, signal) => {
        this.#end(signal);
        resolve();
      });
    });
  }

  call(method: string, args: readonly unknown[], { thenDie = false }: { thenDie?: boolean } = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = (this.#calls += 1);
      this.#waiting.set(call, { thenDie, resolve, reject });
      this.#process.send({ call, method, args, thenDie } satisfies CallMessage, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #take({ call, value, error }: AnswerMessage): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error !== undefined) waiting?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else waiting?.resolve(value);
  }

  #end(signal: NodeJS.Signals | null): void {
    for (const { thenDie, resolve, reject } of this.#waiting.values()) {
      if (thenDie && signal === "SIGKILL") resolve(undefined);
      else reject(new Error("The other process ended before it answered."));
    }
    this.#waiting.clear();
  }
}
