import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import type { HttpRequest, HttpTransport, TransportOptions } from "../src/index.ts";
import { CERTIFICATE, PRIVATE_KEY } from "./test-certificate.ts";
import type { MakeTransport } from "./transports.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Serves on loopback until the test ends. */
export async function anHttpServer(listener: Listener): Promise<{ url: string; port: number }> {
  return listen(
    createServer((request, response) => void listener(request, response)),
    "http",
  );
}

export async function anHttpsServer(listener: Listener): Promise<{ url: string; port: number }> {
  return listen(
    createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (request, response) => void listener(request, response)),
    "https",
  );
}

/** Hands over each socket once its first bytes are in. */
export async function aTcpServer(
  onRequest: (socket: Socket, bytes: Buffer) => void,
  onClose: () => void = () => {},
): Promise<{ url: string; port: number }> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("close", onClose);
    socket.once("data", (bytes: Buffer) => onRequest(socket, bytes));
  });
  return listen(server, "http");
}

/** Stops when the test ends. Reaches 127.0.0.1 unless told otherwise. */
export function aTransport(make: MakeTransport, options: TransportOptions = {}): HttpTransport {
  const transport = make({ allow: ["127.0.0.1"], ...options });
  onTestFinished(() => transport.stop());
  return transport;
}

export function aRequest(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "POST", url, body: "{}", deadlineMs: 5_000, ...change };
}

/** Matches an error by its code. */
export const failing = (code: string): unknown => expect.objectContaining({ code });

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function listen(server: Server, scheme: string): Promise<{ url: string; port: number }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${scheme}://127.0.0.1:${port}/hook`, port };
}
