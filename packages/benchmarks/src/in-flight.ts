/** Keeps so many calls under way until `count` are done; each is told its number. */
export async function inFlight(
  atOnce: number,
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
