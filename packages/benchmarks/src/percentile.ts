/** The value that so many per cent of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.ceil((sorted.length * share) / 100), sorted.length) - 1] ?? NaN;
}
