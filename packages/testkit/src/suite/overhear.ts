const METHODS = ["debug", "dir", "error", "info", "log", "table", "trace", "warn"] as const;

/** What is written meanwhile to the console, which is the runner's in some, and to the output of the process. All of it is written all the same. */
export async function overhear(work: () => Promise<void>): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  const undo = [
    ...METHODS.map((method) => {
      const original = console[method];
      console[method] = (...given: readonly unknown[]) => {
        heard.push(given);
        Reflect.apply(original, console, given);
      };
      return () => void (console[method] = original);
    }),
    ...[process.stdout, process.stderr].map((stream) => {
      const original = stream.write;
      stream.write = (...given: readonly [string | Uint8Array, ...unknown[]]): boolean => {
        heard.push(typeof given[0] === "string" ? given[0] : Buffer.from(given[0]).toString());
        return Boolean(Reflect.apply(original, stream, given));
      };
      return () => void (stream.write = original);
    }),
  ];
  try {
    await work();
  } finally {
    for (const each of undo) each();
  }
  return heard;
}
