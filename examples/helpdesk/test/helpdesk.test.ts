import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

it("delivers, retries, gives up and parks, and ends by itself with a summary", { timeout: 30_000 }, async () => {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "pipe"] });

  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);

  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  for (const event of ["conversation.created", "message.created"]) {
    for (const key of ["conversation-10", "conversation-11"]) {
      const lines = linesOf(output, `${event} of ${key}`);
      expect(lines).toEqual([
        expect.stringMatching(/^good +delivered +1 attempt$/),
        expect.stringMatching(/^flaky +delivered +[1-3] attempts?$/),
        expect.stringMatching(/^silent +dead +3 attempts +The request to \S+ took longer than 500 ms\.$/),
        expect.stringMatching(/^gone +parked/),
      ]);
    }
  }
  expect(output).toContain('4 parked for "gone": The endpoint answered 410: it is gone.');
  expect(output.match(/^retrying +flaky/gm)).toHaveLength(2);
});

/** The lines of the summary below a heading. */
function linesOf(output: string, heading: string): string[] {
  const [, below = ""] = output.split(`${heading}\n`);
  return (below.split("\n\n")[0] ?? "").split("\n").map((line) => line.trim());
}
