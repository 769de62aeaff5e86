import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

/** Where servers are that a plain user's PATH leaves out. */
const SYSTEM_DIRECTORIES = ["/usr/sbin", "/usr/local/sbin"];
const START_TIMEOUT_MS = 10_000;
const ASK_EVERY_MS = 50;

/** A server that this process started. */
export interface LocalServer {
  readonly port: number;
  /** As the server prints it. */
  readonly version: string;
  stop(): Promise<void>;
}

/** The full path of a program. @throws {Error} when it is not installed. */
export function findProgram(name: string): string {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_DIRECTORIES];
  const found = directories.map((directory) => join(directory, name)).find(isExecutable);
  if (found === undefined) throw new Error(`no ${name} on this machine`);
  return found;
}

/** Runs a program on a port until it is stopped, at the latest when this process ends. It is ready once it takes connections. */
export async function runServer(program: string, args: readonly string[], port: number): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: "ignore" });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "exit");
  await untilReady(child, program, port);
  return async () => {
    process.off("exit", kill);
    child.kill("SIGTERM");
    await ended;
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilReady(child: ChildProcess, program: string, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isListening("127.0.0.1", port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode} at its start`);
    if (performance.now() > deadline) throw new Error(`${program} did not start within ${START_TIMEOUT_MS} ms`);
    await new Promise<void>((resolve) => void setTimeout(resolve, ASK_EVERY_MS));
  }
}

export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
