/** A Markdown table as the formatter leaves it; all columns but the first are numbers. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(3, title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const padded = (cells: readonly string[]): string =>
    line(
      widths.map((width, index) =>
        index === 0 ? (cells[0] ?? "").padEnd(width) : (cells[index] ?? "").padStart(width),
      ),
    );
  const rule = widths.map((width, index) => (index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [padded(head), line(rule), ...rows.map(padded)].join("\n");
}

const NOTHING = "–";

/** In whole thousands, hundreds or ones, as far as a figure like this can be repeated: 47,200. */
export function rate(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  const grain = value >= 10_000 ? 100 : 10;
  return (Math.round(value / grain) * grain).toLocaleString("en-US");
}

/** How many times as much: 2.3×. */
export function ratio(value: number | undefined, of: number | undefined): string {
  return value === undefined || of === undefined ? NOTHING : `${(value / of).toFixed(value / of < 10 ? 2 : 1)}×`;
}

export function decimal(value: number | undefined, digits: number): string {
  return value === undefined ? NOTHING : value.toFixed(digits);
}
