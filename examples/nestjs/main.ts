import { join } from "node:path";
import { demonstrate } from "ticket-desk/demonstrate.ts";
import { buildDesk } from "./build-desk.ts";

await buildDesk();
process.exitCode = await demonstrate(join(import.meta.dirname, "dist/serve.js"));
