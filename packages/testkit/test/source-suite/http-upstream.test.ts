import { describe, expect, it } from "vitest";
import { httpUpstream, type Offer } from "../../src/index.ts";

const OFFER: Offer = { marker: "apple", id: "1", secret: "abc" };

type Serve = (request: Request) => Promise<Response>;

const upstream = httpUpstream<Serve>({
  body: ({ id, marker }) => JSON.stringify({ id, marker }),
  headers: ({ secret }, body) => ({ authorization: secret ?? "none", "x-signed": body }),
  send: (request, serve) => serve(request),
});

describe("an offer over HTTP", () => {
  it.each([
    [200, "taken"],
    [204, "taken"],
    [302, "again"],
    [400, "refused"],
    [401, "refused"],
    [408, "again"],
    [413, "refused"],
    [425, "again"],
    [429, "again"],
    [500, "again"],
    [503, "again"],
  ])("that is answered %i is %s", async (status, kind) => {
    const open = await upstream.open();

    const answer = await open.offer(OFFER, async () => new Response(null, { status }));

    expect(answer).toMatchObject({ kind, status });
  });

  it("comes again when the connection is lost", async () => {
    const open = await upstream.open();

    const answer = await open.offer(OFFER, () => Promise.reject(new Error("lost")));

    expect(answer).toMatchObject({ kind: "again", text: "Error: lost" });
  });

  it("has the body and the headers that its author says, and tells what the answer says", async () => {
    const open = await upstream.open();
    const seen: unknown[] = [];

    const answer = await open.offer(OFFER, async ({ method, headers }: Request) => {
      seen.push(method, headers.get("authorization"), headers.get("x-signed"));
      return new Response("thanks");
    });

    expect(seen).toEqual(["POST", "abc", '{"id":"1","marker":"apple"}']);
    expect(answer.text).toBe("thanks");
  });

  it("tells the headers of the answer", async () => {
    const open = await upstream.open();

    const answer = await open.offer(
      OFFER,
      async () => new Response(null, { status: 503, headers: { "Retry-After": "5" } }),
    );

    expect(answer.headers).toMatchObject({ "retry-after": "5" });
  });

  it("that is spoilt is signed as it is", async () => {
    const open = await upstream.open();
    const seen: (string | null)[] = [];

    await open.offer({ ...OFFER, spoil: (right) => right.slice(1) }, async (request: Request) => {
      seen.push(request.headers.get("x-signed"), await request.text());
      return new Response();
    });

    expect(seen).toEqual(['"id":"1","marker":"apple"}', '"id":"1","marker":"apple"}']);
  });

  it("with letters beyond ASCII comes in pieces that cut through them", async () => {
    const open = await upstream.open();
    const pieces: Uint8Array[] = [];

    await open.offer({ ...OFFER, marker: "ä" }, async (request: Request) => {
      for await (const piece of request.body ?? []) pieces.push(piece);
      return new Response();
    });

    expect(pieces.every(({ byteLength }) => byteLength === 1)).toBe(true);
    expect(Buffer.concat(pieces).toString()).toBe('{"id":"1","marker":"ä"}');
  });

  it("that is oversized is right but for its 64 MiB, and tells how much of them was read", async () => {
    const open = await upstream.open();
    const bytes = 64 * 1024 * 1024;
    let read = 0;

    const whole = await open.offer({ ...OFFER, isOversized: true }, async (request: Request) => {
      for await (const chunk of request.body ?? []) read += chunk.byteLength;
      return new Response();
    });
    const part = await open.offer({ ...OFFER, isOversized: true }, async (request: Request) => {
      for await (const chunk of request.body ?? []) if (chunk.byteLength > 100) break;
      return new Response(null, { status: 413 });
    });

    expect(read).toBeGreaterThan(bytes);
    expect(whole.readBytes).toBe(read);
    expect(part.readBytes).toBeLessThan(bytes / 100);
  });
});

it("plays all faults, or those that its author says", () => {
  const open = httpUpstream({ body: () => "{}", headers: () => ({}), faults: ["malformed"], send: fetch });

  expect([upstream.faults, open.faults]).toEqual([["unauthorized", "malformed", "empty", "oversized"], ["malformed"]]);
});
