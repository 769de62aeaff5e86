import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { httpTarget, type OpenTarget } from "../../src/index.ts";
import { aTarget, markers, OPTIONS, playing, post, until } from "./a-target.ts";

const MIB = 1024 * 1024;

describe("a target with a fault", () => {
  it("plays all that are declared", async () => {
    expect(httpTarget(OPTIONS).faults.toSorted()).toEqual([
      "cut",
      "drip",
      "error",
      "garbage",
      "hang",
      "huge",
      "reset",
      "slow",
      "status",
    ]);
  });

  it.each([
    ["error", { kind: "error" }, 503],
    ["status", { kind: "status", status: 409, headers: { "retry-after": "7" } }, 409],
  ] as const)("answers with the status of %s, and shows what it was sent", async (_, fault, status) => {
    const target = await aTarget();
    playing(target, fault);

    const response = await post(target, "a");

    expect(response.statusCode).toBe(status);
    expect(response.headers["retry-after"]).toBe(status === 409 ? "7" : undefined);
    expect(JSON.parse(await text(response))).toMatchObject({ sent: { authorization: "Bearer key" }, body: "a" });
    expect(target.requests).toHaveLength(1);
    expect(target.effects).toEqual([]);
  });

  it.each([204, 304])("answers %i without a body", async (status) => {
    const target = await aTarget();
    playing(target, { kind: "status", status });

    const response = await post(target, "a");

    expect([response.statusCode, await text(response)]).toEqual([status, ""]);
  });

  it("resets the connection before the answer", async () => {
    const target = await aTarget();
    playing(target, { kind: "reset" });

    expect(await rawExchange(target)).toEqual({ received: "", end: "ECONNRESET" });

    expect([target.requests.length, target.effects.length]).toEqual([1, 0]);
  });

  it("resets the connection in the middle of the answer", async () => {
    const target = await aTarget({ accept: () => ({ status: 202 }) });
    playing(target, { kind: "cut" });

    const { received, end } = await rawExchange(target);

    expect(received).toMatch(/^HTTP\/1\.1 202 [^]*content-length: 1000[^]*\r\n\r\n\{$/i);
    expect(end).toBe("ECONNRESET");
    expect(markers(target.effects)).toEqual(["a"]);
  });

  it("hangs for as long as the connection lasts", async () => {
    const target = await aTarget();
    playing(target, { kind: "hang" });
    const request = httpRequest(target.url, { method: "POST", agent: false });
    request.on("error", () => undefined);
    let isAnswered = false;
    request.once("response", () => (isAnswered = true));
    request.end("a");
    await until(() => target.requests.length > 0);

    await sleep(30);

    expect([isAnswered, target.underWay, target.effects.length]).toEqual([false, 1, 0]);
    request.destroy();
    await until(() => target.underWay === 0);
  });

  it("answers as ever, and later", async () => {
    const target = await aTarget({ accept: () => ({ status: 202 }) });
    playing(target, { kind: "slow", ms: 50 });
    const askedAt = performance.now();

    const response = await post(target, "a");

    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(45);
    expect(response.statusCode).toBe(202);
    expect(markers(target.effects)).toEqual(["a"]);
  });

  it("drips an answer that does not end", async () => {
    const target = await aTarget();
    playing(target, { kind: "drip" });

    const response = await post(target, "a");

    expect(response.statusCode).toBe(200);
    const sizes: number[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) if (sizes.push(chunk.length) === 3) break;
    expect(sizes).toEqual([1, 1, 1]);
    expect(markers(target.effects)).toEqual(["a"]);
    await until(() => target.underWay === 0);
  });

  it("pours 64 MiB on who reads them, and counts them", async () => {
    const target = await aTarget();
    playing(target, { kind: "huge" });

    const response = await post(target, "a");
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;

    expect(bytes).toBe(64 * MIB);
    expect(target.bytesSent).toBeGreaterThan(64 * MIB);
    expect(markers(target.effects)).toEqual(["a"]);
  });

  it("pours no more than lies in the buffers on who does not read", async () => {
    const target = await aTarget();
    playing(target, { kind: "huge" });

    const response = await post(target, "a");
    await sleep(30);
    const sent = target.bytesSent;
    response.destroy();
    await until(() => target.underWay === 0);

    expect(sent).toBeLessThan(32 * MIB);
    expect(target.bytesSent).toBe(sent);
  });

  it("answers with success and what cannot be read, which shows what it was sent", async () => {
    const target = await aTarget();
    playing(target, { kind: "garbage" });

    const response = await post(target, "a");
    const said = await text(response);

    expect(response.statusCode).toBe(200);
    expect(said).toContain("Bearer key");
    expect(() => JSON.parse(said)).toThrow(SyntaxError);
    expect(markers(target.effects)).toEqual(["a"]);
  });

  it("is asked about each request, with what that asks for", async () => {
    const target = await aTarget();
    target.fault = (items) => (items[0]?.marker === "a" ? { kind: "error" } : undefined);

    const statuses = [(await post(target, "a")).statusCode, (await post(target, "b")).statusCode];

    expect(statuses).toEqual([503, 200]);
  });
});

/** What comes over the wire in answer to a request, and how the connection ends: an HTTP client takes any early end for a reset. */
async function rawExchange({ url }: OpenTarget): Promise<{ readonly received: string; readonly end: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = "";
  let end = "closed";
  socket.on("data", (bytes: Buffer) => (received += bytes.toString()));
  socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => (end = code));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 1\r\n\r\na");
  await closed;
  return { received, end };
}
