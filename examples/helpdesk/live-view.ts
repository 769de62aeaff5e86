import { clearScreenDown, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import type { BusSignals } from "@bus/core";

const COLORS = { delivered: "green", retrying: "yellow", dead: "red", disabled: "magenta" } as const;
type News = keyof typeof COLORS;
type Row = Record<News, number> & { news: News; text: string };

/** Shows what becomes of the deliveries of each webhook; and what the desk itself tells, in lines of their own. */
export interface LiveView {
  show(name: string, news: News, text: string): void;
  tell(line: string): void;
}

/** On a terminal a table that redraws itself, else a line for each signal. `names` are those of the destinations. */
export function liveView(events: BusSignals, names: ReadonlyMap<string, string>, output = process.stdout): LiveView {
  const view = output.isTTY ? table([...names.values()], output) : lines(output);
  const nameOf = (destination: string): string => names.get(destination) ?? destination;
  for (const news of ["delivered", "retrying", "dead"] as const) {
    events.on(news, ({ destination, eventId, attempt, reason = "" }) =>
      view.show(nameOf(destination), news, `${eventId}, attempt ${attempt}  ${reason}`.trimEnd()),
    );
  }
  events.on("disabled", ({ destination, reason = "" }) => view.show(nameOf(destination), "disabled", reason));
  events.on("error", (error) => console.error(error));
  return view;
}

function lines(output: WriteStream): LiveView {
  return {
    show: (name, news, text) => output.write(`${news.padEnd(10)} ${name.padEnd(7)} ${text}\n`),
    tell: (line) => output.write(`${line}\n`),
  };
}

function table(names: readonly string[], output: WriteStream): LiveView {
  const rows = new Map<string, Row>(
    names.map((name) => [name, { delivered: 0, retrying: 0, dead: 0, disabled: 0, news: "delivered", text: "" }]),
  );
  let isDrawn = false;
  const draw = (): void => {
    for (const [name, { delivered, retrying, dead, news, text }] of rows) {
      const row = `${name.padEnd(7)} ${delivered} delivered  ${retrying} retried  ${dead} dead  ${text}`;
      output.write(`${styleText(COLORS[news], row.slice(0, output.columns || 80))}\n`);
    }
    isDrawn = true;
  };
  const erase = (): void => {
    if (isDrawn) moveCursor(output, 0, -rows.size);
    clearScreenDown(output);
  };
  return {
    show(name, news, text) {
      const row = rows.get(name);
      if (!row) return;
      row[news]++;
      Object.assign(row, { news, text: `${news}: ${text}` });
      erase();
      draw();
    },
    tell(line) {
      erase();
      output.write(`${line}\n`);
      draw();
    },
  };
}
