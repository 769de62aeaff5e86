import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { AppModule } from "./app.module.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { WebhooksHandler } from "./webhooks.handler.ts";

// #region app
export async function makeApp(settings: DeskSettings): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings), {
    bodyParser: false,
  });
  const webhooks = app.get(WebhooksHandler);
  app.use("/api/v1", webhooks.handle.bind(webhooks));
  // After it: a body can be read once.
  app.useBodyParser("json", { limit: "16kb" });
  return app;
}
// #endregion app
