/**
 * What comes next of a body; undefined once the signal is aborted. Each call waits anew: a race of all chunks against one promise would keep every
 * one of them.
 */
export function nextChunk(
  body: AsyncIterator<Uint8Array>,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array, unknown> | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(undefined);
    if (signal.aborted) return end();
    signal.addEventListener("abort", end, { once: true });
    body
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", end));
  });
}
