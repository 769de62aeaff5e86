import { Agent as HttpAgent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { connectGuarded, type Connected, type GuardedArgs } from "./connect-guarded.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** An idle socket is kept for 30 s, or for as long as the server says it does; four for each target. */
const POOL: AgentOptions = { keepAlive: true, maxFreeSockets: 4, timeout: 30_000 };

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
    return connectGuarded(options, this.#resolve, (guarded) => super.createConnection(guarded), done);
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
    return connectGuarded(options, this.#resolve, (guarded) => super.createConnection(guarded), done);
  }
}

/** A socket opened for a wider allow-list must never serve a narrower one: the guard's key is part of the pool's name. */
function poolName(name: string, { guard }: GuardedArgs): string {
  return `${name}:${guard.key}`;
}
