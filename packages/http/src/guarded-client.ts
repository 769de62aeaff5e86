import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector, Client, Dispatcher } from "undici";
import type { AddressGuard } from "./address-guard.ts";
import { connectGuarded } from "./connect-guarded.ts";
import { IDLE_MS } from "./idle-sockets.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** undici does less than it could here. The deadline of a request covers what its own timeouts would. */
const SETTINGS: Client.Options = {
  pipelining: 1,
  allowH2: false,
  useMilo: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: IDLE_MS,
};

/** A client of undici, with its one socket, that only leads where the guard allows. It is for one request at a time. */
export class GuardedClient {
  readonly #client: Client;
  #socket: Socket | undefined;

  constructor(UndiciClient: typeof Client, origin: string, guard: AddressGuard, resolve: ResolveHost) {
    this.#client = new UndiciClient(origin, {
      ...SETTINGS,
      connect: (target, done) => {
        this.#socket = connect(target, guard, resolve, done);
      },
    });
  }

  /** Open by the time a request is written. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** Whether the socket may serve another request: it is open, and nothing of the last one waits in it. */
  get isFree(): boolean {
    return this.#socket?.destroyed === false && this.#socket.writableLength === 0;
  }

  onDisconnect(listener: () => void): void {
    this.#client.on("disconnect", listener);
  }

  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(request, handler);
  }

  /** Resolves when the socket is closed. Idempotent. */
  async destroy(): Promise<void> {
    // undici knows of its socket only once that is connected.
    this.#socket?.destroy();
    await this.#client.destroy();
  }
}

/** Calls back once: with the socket when it is connected, and over TLS trusted, or with why there is none. */
function connect(
  { protocol, hostname, port }: buildConnector.Options,
  guard: AddressGuard,
  resolve: ResolveHost,
  done: buildConnector.Callback,
): Socket | undefined {
  const isTls = protocol === "https:";
  const socket = connectGuarded(hostname, guard, resolve, (lookup): Socket => {
    const target = { host: hostname, port: Number(port || (isTls ? 443 : 80)), lookup, noDelay: true, keepAlive: true };
    // An address is no server name (RFC 6066); the certificate is checked against it all the same.
    const servername = isIP(hostname) === 0 ? hostname : "";
    return isTls ? connectTls({ ...target, servername, ALPNProtocols: ["http/1.1"] }) : connectTcp(target);
  });
  if (socket instanceof Error) {
    done(socket, null);
    return undefined;
  }

  let isConnected = false;
  socket.on("error", (error) => {
    // From then on, undici listens too.
    if (!isConnected) done(error, null);
  });
  socket.once(isTls ? "secureConnect" : "connect", () => {
    // The guard may have just destroyed it: the error follows.
    if (socket.destroyed) return;
    isConnected = true;
    done(null, socket);
  });
  return socket;
}
