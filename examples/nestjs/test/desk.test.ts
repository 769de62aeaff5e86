import { join } from "node:path";
import { Logger } from "@nestjs/common";
import { deskSuite } from "ticket-desk/test/desk-suite.ts";
import { beforeAll } from "vitest";
import { buildDesk } from "../build-desk.ts";
import { openDesk } from "./open-desk.ts";

beforeAll(buildDesk);

deskSuite({
  script: join(import.meta.dirname, "../dist/serve.js"),
  log: Logger.prototype,
  open: openDesk,
});
