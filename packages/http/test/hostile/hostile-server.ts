import { createServer, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

const BYTES_KEPT = 5_000_000;

/** A peer that speaks bytes, not HTTP, and remembers what it was told. */
export interface HostileServer {
  readonly port: number;
  readonly url: string;
  /** How many connections were accepted. */
  readonly connections: number;
  /** How many of them are open at this end. */
  readonly open: number;
  /** What came in, over every connection, as latin1: the first megabytes of it. */
  readonly received: string;
  /** Resolves once no connection is open. */
  closed(): Promise<void>;
}

/** Listens on loopback until the test ends. `onConnection` does with each socket what it likes. */
export async function aHostileServer(onConnection: (socket: Socket, index: number) => void): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;
  let received = "";
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      if (received.length < BYTES_KEPT) received += bytes.toString("latin1");
    });
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
    connections += 1;
    onConnection(socket, connections - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    get received() {
      return received;
    },
    closed: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Answers every whole request of every connection: `answer` is called with the request's text and its place among all requests. */
export function onEachRequest(
  answer: (socket: Socket, request: string, index: number) => void,
): (socket: Socket) => void {
  let requests = 0;
  return (socket) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (let end = endOfRequest(text); end !== undefined && end <= text.length; end = endOfRequest(text)) {
        const request = text.slice(0, end);
        text = text.slice(end);
        answer(socket, request, requests++);
      }
    });
  };
}

/** Sends `bytes` for every request; "keep" leaves the connection open afterwards. */
export function answering(bytes: string | Uint8Array, after: "keep" | "end" = "end"): (socket: Socket) => void {
  return onEachRequest((socket) => (after === "end" ? socket.end(bytes) : socket.write(bytes)));
}

/** Where the first request in `text` ends, if its head is all there. */
function endOfRequest(text: string): number | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? "0";
  return head + 4 + Number(length);
}
