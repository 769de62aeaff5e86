import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";
import { findProgram, freePort, runServer, type LocalServer } from "./local-server.ts";

export interface NatsServer extends LocalServer {
  /** Whether an acknowledged message is on disk. Older servers, such as 2.9, only sync from time to time. */
  readonly syncsAlways: boolean;
}

/** A NATS server of its own with JetStream on files, synced at every write where it can. @throws {Error} when there is none. */
export async function startNats(): Promise<NatsServer> {
  const program = findProgram("nats-server");
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).split(" ").at(-1)?.trim() ?? "unknown";
  const directory = scratchDirectory();
  const port = await freePort();
  const config = join(directory, "nats.conf");
  const write = (sync: string): void => {
    const jetstream = `store_dir: ${JSON.stringify(join(directory, "jetstream"))}\n  ${sync}`;
    writeFileSync(config, `host: "127.0.0.1"\nport: ${port}\njetstream {\n  ${jetstream}\n}\n`);
  };
  write("sync_interval: always");
  const syncsAlways = spawnSync(program, ["-t", "-c", config]).status === 0;
  if (!syncsAlways) write("");
  const stop = await runServer(program, ["-c", config], port);
  return { port, version, syncsAlways, stop: () => stop().then(() => removeScratch(directory)) };
}
