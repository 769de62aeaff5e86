/**
 * Times are kept as whole ms. What is due now stays due now; a later time is rounded up, so that nothing is ever early.
 * An infinite time becomes the greatest that can be kept.
 */
export function wholeMs(at: number, now: number): number {
  return Math.min(at > now ? Math.ceil(at) : Math.floor(at), Number.MAX_SAFE_INTEGER);
}
