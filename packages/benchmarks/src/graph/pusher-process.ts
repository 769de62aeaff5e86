/** Pushes to a listener from a process of its own, as a knowledge graph would. Run by `pusher.ts`. */
import { Pool } from "undici";
import { inFlight } from "../in-flight.ts";
import type { PushLoad, PushReport } from "./pusher.ts";

let pushed = 0;

/** Every recipient and tag differs, so that no push is known from before. */
function body(events: number): string {
  const list = Array.from({ length: events }, () => ({
    recipients: [{ type: "user", id: (pushed++).toString(16).padStart(32, "0") }],
    event: {
      type: "user_tags",
      data: {
        tags: [
          { value: "kafka", weight: 0.8 },
          { value: "graph", weight: 0.2 },
        ],
      },
    },
  }));
  return JSON.stringify({ events: list });
}

async function run({ url, token, pushes, events, atOnce }: PushLoad): Promise<PushReport> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: atOnce });
  const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  await inFlight(atOnce, pushes, async () => {
    const push = body(events);
    const pushedAt = performance.now();
    const answer = await pool.request({ method: "POST", path: pathname, headers, body: push });
    await answer.body.text();
    latenciesMs.push(performance.now() - pushedAt);
    if (answer.statusCode !== 200) throw new Error(`A push was answered with ${answer.statusCode}.`);
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { seconds, latenciesMs };
}

process.on("message", (load: PushLoad) => {
  void run(load).then((report) => process.send?.(report));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
