/** Does what the guide has its reader do, in one go. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Program } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "getting-started-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();

const codes: unknown[] = [];
for (const file of ["publish.ts", "listen.ts", "webhook.ts"]) codes.push(await start(file).ended());

// Nobody listens at the webhook's URL yet.
const killed = start("desk.ts");
const [, secret = ""] = await killed.until(/Its secret: (\S+)/);
await killed.until(/On the disk/);
await killed.until(/is tried again/, 3);
await killed.kill("SIGKILL");
console.log("Killed.");

const receiver = start("serve-receiver.ts", secret);
const desk = start("desk.ts");
await desk.until(/On the disk/);
await desk.until(/is delivered/, 3);
await receiver.until(/The receiver got/, 3);
codes.push(await desk.kill("SIGTERM"));
await receiver.kill("SIGTERM");
console.log("\nThe desk was killed once, and lost nothing.");
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

function start(file: string, ...args: readonly string[]): Program {
  console.log(`\n$ ${["node", file, ...args].join(" ")}`);
  const path = join(import.meta.dirname, file);
  return new Program(path, { folder, port, arguments: args, onOutput: (text) => void process.stdout.write(text) });
}
