import { getEventListeners, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { collectGarbage } from "../../src/suite/collect-garbage.ts";

it("frees a signal of the listener that a finished fetch has left on it", async () => {
  const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { signal } = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { signal });
  await answer.text();

  await expect
    .poll(async () => {
      collectGarbage();
      await nextTurn();
      return getEventListeners(signal, "abort").length;
    })
    .toBe(0);
});

it("frees no signal of a listener that somebody holds", async () => {
  const { signal } = new AbortController();
  signal.addEventListener("abort", () => undefined);

  collectGarbage();
  await nextTurn();

  expect(getEventListeners(signal, "abort")).toHaveLength(1);
});
