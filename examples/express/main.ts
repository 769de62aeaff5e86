import { join } from "node:path";
import { demonstrate } from "ticket-desk/demonstrate.ts";

process.exitCode = await demonstrate(join(import.meta.dirname, "serve.ts"));
