import { clearScreenDown, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import type { BusSignals } from "@bus/core";

const COLORS = { delivered: "green", retrying: "yellow", dead: "red", disabled: "magenta" } as const;
type News = keyof typeof COLORS;
type Row = Record<News, number> & { news: News; text: string };
type Show = (lane: string, news: News, text: string) => void;

/** Shows what becomes of the deliveries of each lane: on a terminal a table that redraws itself, else a line for each signal. */
export function liveView(events: BusSignals, lanes: readonly string[], output: WriteStream = process.stdout): void {
  const show = output.isTTY ? table(lanes, output) : lines(output);
  for (const news of ["delivered", "retrying", "dead"] as const) {
    events.on(news, ({ destination, type, attempt, reason = "" }) =>
      show(destination, news, `${type}, attempt ${attempt}  ${reason}`.trimEnd()),
    );
  }
  events.on("disabled", ({ destination, reason = "" }) => show(destination, "disabled", reason));
  events.on("error", (error) => console.error(error));
}

function lines(output: WriteStream): Show {
  return (lane, news, text) => output.write(`${news.padEnd(10)} ${lane.padEnd(7)} ${text}\n`);
}

function table(lanes: readonly string[], output: WriteStream): Show {
  const rows = new Map<string, Row>(
    lanes.map((lane) => [lane, { delivered: 0, retrying: 0, dead: 0, disabled: 0, news: "delivered", text: "" }]),
  );
  const draw = (): void => {
    for (const [lane, { delivered, retrying, dead, news, text }] of rows) {
      const row = `${lane.padEnd(7)} ${delivered} delivered  ${retrying} retried  ${dead} dead  ${text}`;
      output.write(`${styleText(COLORS[news], row.slice(0, output.columns || 80))}\n`);
    }
  };
  let isDrawn = false;
  return (lane, news, text) => {
    const row = rows.get(lane);
    if (!row) return;
    row[news]++;
    Object.assign(row, { news, text: `${news}: ${text}` });
    if (isDrawn) moveCursor(output, 0, -rows.size);
    clearScreenDown(output);
    draw();
    isDrawn = true;
  };
}
