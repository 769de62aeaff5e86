import type { FastifyInstance } from "fastify";
import { makeBus, type DeskBus } from "./bus.ts";
import type { DeskSettings } from "./desk-settings.ts";

// #region plugin
declare module "fastify" {
  interface FastifyInstance {
    /** Runs from before the first request until after the last answer. */
    readonly bus: DeskBus;
  }
}

async function startBus(app: FastifyInstance, settings: DeskSettings): Promise<void> {
  const bus = makeBus(settings, app.log);
  // Takes up what the last run has left.
  await bus.start();
  app.decorate("bus", bus);
  // Fastify calls it when its server has closed, and so after the last answer.
  app.addHook("onClose", () => bus.stop());
}

/** Gives `app.bus` to the whole application, not to this plugin's own scope alone. The package fastify-plugin does the same. */
export const busPlugin = Object.assign(startBus, { [Symbol.for("skip-override")]: true });
// #endregion plugin
