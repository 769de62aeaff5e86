import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@bus/sqlite-store";
import { expect, it, onTestFinished } from "vitest";
import { makeBus } from "../bus.ts";
import { freePort, Program } from "../program.ts";

it("has every ticket it acknowledged when it was killed", { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "desk-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // #region crash
  const desk = new Program(join(import.meta.dirname, "../desk.ts"), { folder, port: await freePort() });
  await desk.until(/On the disk/);
  await desk.kill("SIGKILL");

  const bus = makeBus(sqliteStore({ path: join(folder, "desk.db") }));
  await bus.start();
  onTestFinished(() => bus.stop());
  const { items } = await bus.deliveries.list({ sink: "hooks" });
  const ids = items.map(({ event }) => event.id).toSorted();
  expect(ids).toEqual(["ticket-1-opened", "ticket-2-opened", "ticket-3-opened"]);
  // #endregion crash
});
