import type { PushEndpoint } from "../push-endpoint.ts";

/** Serves a Fetch API request. A body that is left unread is for the server to end. */
export async function fetchPush(endpoint: PushEndpoint, request: Request): Promise<Response> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  const { status, headers, body } = await endpoint.answer({
    method: request.method,
    path: new URL(request.url).pathname,
    header: (name) => request.headers.get(name) ?? undefined,
    isBodyGone: request.bodyUsed || request.body?.locked === true,
    body: () => (chunks = request.body?.[Symbol.asyncIterator]() ?? nothing()),
  });
  // Nothing happens to one that was read to its end. Waits for nobody: a chunk may be on its way.
  chunks?.return?.().catch(() => undefined);
  return new Response(body, { status, headers });
}

async function* nothing(): AsyncGenerator<never> {}
