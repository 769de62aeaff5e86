import { execFileSync } from "node:child_process";
import { removeScratch, scratchDirectory } from "../scratch-directory.ts";
import { findProgram, freePort, runServer, type LocalServer } from "./local-server.ts";

/** A Redis of its own that has every write on disk before it answers. @throws {Error} when there is none. */
export async function startRedis(): Promise<LocalServer> {
  const program = findProgram("redis-server");
  const version = /v=(\S+)/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[1] ?? "unknown";
  const directory = scratchDirectory();
  const port = await freePort();
  const address = ["--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
  const durability = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
  const stop = await runServer(program, [...address, ...durability], port);
  return { port, version, stop: () => stop().then(() => removeScratch(directory)) };
}
