import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import type { AddressGuard } from "./address-guard.ts";
import { connectGuarded } from "./connect-guarded.ts";
import { IDLE_MS, MAX_IDLE } from "./idle-sockets.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** What the guard adds to Node's own options of a request. */
interface GuardedArgs extends ClientRequestArgs {
  readonly guard: AddressGuard;
}

/** Node's callback for a socket, or the lack of one. */
type Connected = (error: Error | null, socket?: Duplex) => void;

const POOL: AgentOptions = { keepAlive: true, maxFreeSockets: MAX_IDLE, timeout: IDLE_MS };

/** Keep-alive for http, whose sockets only lead where the guard of their request allows. */
export class GuardedHttpAgent extends HttpAgent {
  readonly #resolve: ResolveHost;

  constructor(resolve: ResolveHost) {
    super(POOL);
    this.#resolve = resolve;
  }

  override getName(options: GuardedArgs): string {
    return poolName(super.getName(options), options);
  }

  override createConnection(options: GuardedArgs, done: Connected): Duplex | undefined {
    return connect(options, this.#resolve, (lookup) => super.createConnection({ ...options, lookup }), done);
  }
}

/** The same for https. */
export class GuardedHttpsAgent extends HttpsAgent {
  readonly #resolve: ResolveHost;

  constructor(resolve: ResolveHost) {
    super(POOL);
    this.#resolve = resolve;
  }

  override getName(options: GuardedArgs): string {
    return poolName(super.getName(options), options);
  }

  override createConnection(options: GuardedArgs, done: Connected): Duplex | undefined {
    return connect(options, this.#resolve, (lookup) => super.createConnection({ ...options, lookup }), done);
  }
}

/** A socket opened for a wider allow-list must never serve a narrower one: the guard's key is part of the pool's name. */
function poolName(name: string, { guard }: GuardedArgs): string {
  return `${name}:${guard.key}`;
}

function connect(
  { host, guard }: GuardedArgs,
  resolve: ResolveHost,
  open: (lookup: LookupFunction) => Duplex | null | undefined,
  done: Connected,
): Duplex | undefined {
  const socket = connectGuarded(host ?? "", guard, resolve, open);
  if (!(socket instanceof Error)) return socket ?? undefined;
  done(socket);
  return undefined;
}
