import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** What a request says besides its body. */
export interface RequestHead {
  readonly port: number | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What HTTP servers in this process are asked while the work is done, whoever they belong to. */
export async function requestsDuring(work: () => Promise<void>): Promise<readonly RequestHead[]> {
  const requests: RequestHead[] = [];
  const listener = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage };
    requests.push({ port: request.socket.localPort, url: request.url, headers: request.headers });
  };
  subscribe("http.server.request.start", listener);
  try {
    await work();
  } finally {
    unsubscribe("http.server.request.start", listener);
  }
  return requests;
}
