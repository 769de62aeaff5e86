import { join } from "node:path";
import { deskSuite } from "ticket-desk/test/desk-suite.ts";
import { makeApp } from "../app.ts";

/** Puts the errors that the application logs on the console. */
const logger = {
  level: "error",
  stream: { write: (line: string) => console.error((JSON.parse(line) as { err: unknown }).err) },
};

deskSuite({
  script: join(import.meta.dirname, "../serve.ts"),
  log: console,
  async open(settings) {
    const app = await makeApp(settings, logger);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return { bus: app.bus, url, stop: () => app.close() };
  },
});
