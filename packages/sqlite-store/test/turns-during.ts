/** How many turns the event loop had while the work was done. */
export async function turnsDuring(work: (soFar: () => number) => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const next = (): void => {
    turns += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  try {
    await work(() => turns);
  } finally {
    isOver = true;
  }
  return turns;
}
