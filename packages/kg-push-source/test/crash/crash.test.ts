import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { expect, it, onTestFinished } from "vitest";
import { aPushOf, aPushSource, aTagsEvent, TOKEN } from "../a-push-source.ts";
import { aTempFile } from "../stores.ts";
import type { Death } from "./crash-child.ts";

const CHILD = fileURLToPath(new URL("crash-child.ts", import.meta.url));
const PUSH = aPushOf(aTagsEvent(), { event: { type: "other" } });

/** A process that takes pushes until it dies as planned. */
async function aDoomedProcess(
  path: string,
  death: Death,
): Promise<{ readonly url: string; readonly ended: Promise<unknown> }> {
  const child = spawn(process.execPath, [CHILD, path, TOKEN, JSON.stringify(death)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const [url] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended])) as [string];
  return { url, ended };
}

it.each<Death & { readonly recorded: number; readonly moment: string }>([
  { moment: "before a push is claimed", call: "change", number: 1, when: "before", recorded: 0 },
  { moment: "once it is claimed", call: "change", number: 1, when: "after", recorded: 0 },
  { moment: "before it is published", call: "append", number: 1, when: "before", recorded: 0 },
  { moment: "once it is published", call: "append", number: 1, when: "after", recorded: 2 },
  { moment: "before it is noted as done", call: "change", number: 2, when: "before", recorded: 2 },
  { moment: "once it is noted as done", call: "change", number: 2, when: "after", recorded: 2 },
])(
  "a process that is killed $moment leaves a push that is taken once when it comes again",
  { timeout: 60_000 },
  async ({ recorded, moment: _moment, ...death }) => {
    const path = aTempFile();
    const doomed = await aDoomedProcess(path, death);
    const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };

    const answer = await fetch(doomed.url, { method: "POST", headers, body: JSON.stringify(PUSH.body) }).catch(
      () => "none",
    );
    expect(await doomed.ended).toEqual([null, "SIGKILL"]);
    expect(answer).toBe("none");

    const { push, published, bus } = await aPushSource({
      store: sqliteStore({ path }),
      clock: virtualClock({ startAt: Date.now() }),
    });
    expect((await bus.deliveries.stats()).events).toBe(recorded);
    const again = [await push(PUSH), await push(PUSH)];

    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect((await bus.deliveries.stats()).events).toBe(2);
    expect(published).toHaveLength(2 - recorded);
  },
);
