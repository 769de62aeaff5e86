import { execFile } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { TRANSPORTS } from "../transports.ts";
import { aHostileServer } from "./hostile-server.ts";
import type { Attempt } from "./measure-attempts.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const OK_EMPTY = `${OK}content-length: 0\r\n\r\n`;
const LARGE_BYTES = 50_000_000;
const GIGABYTE = 1_000_000_000;

const bomb = gzipSync(Buffer.alloc(50_000_000));
const PIECE = Buffer.alloc(64 * 1024, "x");
const filled = (text: string) => Buffer.from(text.repeat(Math.ceil(PIECE.length / text.length)));

const POISON = filled("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");

/** What a server sends: a beginning, and then the same piece without end. */
interface Stream {
  readonly fate: RegExp;
  readonly beginning?: string | Uint8Array;
  readonly piece?: Uint8Array;
}

const CUT = /^200, cut$/;
const FAILED = /^BUS_HTTP_FAILED$/;
/** How much the client has read before it ends depends on the library. */
const FAILED_OR_LATE = /^BUS_(HTTP_FAILED|TIMEOUT)$/;

const STREAMS: Readonly<Record<string, Stream>> = {
  "/gigabyte": { fate: CUT, beginning: `${OK}content-length: ${GIGABYTE}\r\n\r\n`, piece: PIECE },
  "/until-the-end": { fate: CUT, beginning: `${OK}\r\n`, piece: PIECE },
  "/one-chunk": { fate: CUT, beginning: `${CHUNKED}${GIGABYTE.toString(16)}\r\n`, piece: PIECE },
  "/tiny-chunks": { fate: CUT, beginning: CHUNKED, piece: filled("1\r\nx\r\n") },
  "/bomb": {
    fate: /^200$/,
    beginning: Buffer.concat([
      Buffer.from(`${OK}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`),
      bomb,
    ]),
  },
  "/headers": { fate: FAILED, beginning: OK, piece: filled("x-a: 1\r\n") },
  "/header": { fate: FAILED, beginning: `${OK}x-a: `, piece: PIECE },
  "/header-name": { fate: FAILED, beginning: OK, piece: PIECE },
  "/status-line": { fate: FAILED_OR_LATE, beginning: `HTTP/1.1 200 `, piece: PIECE },
  "/interim-answers": {
    fate: FAILED_OR_LATE,
    beginning: "",
    piece: filled("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
  },
  "/blank-lines": { fate: FAILED_OR_LATE, beginning: "", piece: filled("\r\n") },
  "/chunk-extensions": { fate: CUT, beginning: `${CHUNKED}5;`, piece: PIECE },
  "/trailers": { fate: CUT, beginning: `${CHUNKED}5\r\nhello\r\n0\r\n`, piece: filled("x-a: 1\r\n") },
  "/trailer": { fate: CUT, beginning: `${CHUNKED}5\r\nhello\r\n0\r\nx-a: `, piece: PIECE },
  // In one go with its answer: what comes later may come after the next request, and is then its answer.
  "/behind": {
    fate: /^200(, cut)?$/,
    beginning: Buffer.concat([Buffer.from(`${OK}content-length: 2\r\n\r\nok`), POISON]),
    piece: POISON,
  },
  // A request of 50 MB, which the server reads or not.
  "/large": { fate: /^200$/ },
  "/large-unread": { fate: /^BUS_TIMEOUT$/ },
};

function serve(socket: Socket): void {
  let path = "";
  let size = 0;
  socket.on("data", (bytes) => {
    const next = /^POST (\S+)/.exec(bytes.toString("latin1", 0, 100))?.[1];
    size = next === undefined ? size + bytes.length : bytes.length - bytes.indexOf("\r\n\r\n") - 4;
    path = next ?? path;
    if (path === "/large-unread") socket.pause();
    else if (path === "/large" && size >= LARGE_BYTES) socket.write(OK_EMPTY);
    else if (next !== undefined && path !== "/large") send(socket, path);
  });
}

function send(socket: Socket, path: string): void {
  const { beginning = OK_EMPTY, piece } = STREAMS[path] ?? {};
  socket.write(beginning);
  if (piece === undefined) return;
  const more = () => {
    for (let isRoom = true; isRoom && socket.writable;) isRoom = socket.write(piece);
  };
  socket.on("drain", more);
  more();
}

describe.each(TRANSPORTS)("over $name", ({ name }) => {
  it("an attempt takes at most 8 MB, whatever is sent or not read", { timeout: 60_000 }, async () => {
    const server = await aHostileServer(serve);
    const paths = Object.keys(STREAMS);
    const script = fileURLToPath(new URL("measure-attempts.ts", import.meta.url));

    // New garbage is to be collected soon: it is not what an attempt takes.
    const args = ["--expose-gc", "--max-semi-space-size=1", script, name, `http://127.0.0.1:${server.port}`, ...paths];
    const { stdout } = await promisify(execFile)(process.execPath, args);

    const attempts = JSON.parse(stdout) as readonly Attempt[];
    expect(attempts.map(({ path }) => path)).toEqual(paths.flatMap((path) => [path, path]));
    expect(attempts.filter(({ path, fate }) => !STREAMS[path]?.fate.test(fate))).toEqual([]);
    expect(attempts.filter(({ megabytes }) => megabytes > 8)).toEqual([]);
  });
});
