import { build } from "tsdown";

/** As `npm run build` does. Node.js takes the types off a source, and refuses its decorators. */
export async function buildDesk(): Promise<void> {
  await build({ cwd: import.meta.dirname, logLevel: "warn" });
}
