import { Logger, type INestApplication } from "@nestjs/common";
import type { Desk } from "ticket-desk/test/a-desk.ts";
import { makeApp } from "../src/app.ts";
import { BUS } from "../src/bus.module.ts";
import type { DeskSettings } from "../src/desk-settings.ts";
import type { DeskBus } from "../src/make-bus.ts";

/** The desk in this process, on a port of its own. */
export async function openDesk(settings: DeskSettings): Promise<Desk & { readonly app: INestApplication }> {
  Logger.overrideLogger(["error"]);
  const app = await makeApp(settings);
  await app.listen(0, "127.0.0.1");
  return { app, bus: app.get<DeskBus>(BUS), url: await app.getUrl(), stop: () => app.close() };
}
