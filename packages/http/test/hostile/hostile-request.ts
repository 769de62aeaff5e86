import { createHook } from "node:async_hooks";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { HttpAnswer, HttpRequest, HttpTransport, TransportOptions } from "../../src/index.ts";
import { TRANSPORTS, type MakeTransport } from "../transports.ts";

/** Whatever of this turns up where it does not belong has leaked. */
export const SECRET = "signature-and-body";

/** Stops when the test ends. Reaches 127.0.0.1 unless told otherwise. */
export function aTransport(make: MakeTransport, options: TransportOptions = {}): HttpTransport {
  const transport = make({ allow: ["127.0.0.1"], ...options });
  onTestFinished(() => transport.stop());
  return transport;
}

export function aRequest(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "POST",
    url,
    headers: { "x-trino-signature": SECRET },
    body: `{"secret":"${SECRET}"}`,
    deadlineMs: 5_000,
    ...change,
  };
}

/** What became of a request, in a form to compare: its status and whether it is cut, or the code of its error. */
export async function fateOf(request: Promise<HttpAnswer>): Promise<string> {
  try {
    const { status, isTruncated } = await request;
    return `${status}${isTruncated ? ", cut" : ""}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : `no BusError: ${String(error)}`;
  }
}

export function textOf({ body }: HttpAnswer): string {
  return Buffer.from(body).toString("latin1");
}

/** Counts how often this process asks the kernel to connect, by whatever means, until the test ends. */
export function countConnects(): { readonly count: number } {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "TCPCONNECTWRAP" || type === "PIPECONNECTWRAP") count += 1;
    },
  }).enable();
  onTestFinished(() => void hook.disable());
  return {
    get count() {
      return count;
    },
  };
}

async function warmUp(): Promise<void> {
  const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const { make } of TRANSPORTS) {
    const transport = make({ allow: ["127.0.0.1"] });
    await transport.request(aRequest(`http://127.0.0.1:${port}/`));
    await transport.stop();
  }
  server.close();
}

// The first request of a process loads and compiles what it needs. Here that is not to be on the time of a deadline.
await warmUp();
