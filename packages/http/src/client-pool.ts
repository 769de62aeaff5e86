import type { Client } from "undici";
import type { AddressGuard } from "./address-guard.ts";
import { GuardedClient } from "./guarded-client.ts";
import { MAX_IDLE } from "./idle-sockets.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** Keep-alive for undici: clients by target, one more wherever none is idle. */
export class ClientPool {
  readonly #UndiciClient: typeof Client;
  readonly #resolve: ResolveHost;
  /** Each with the name of its target. */
  readonly #all = new Map<GuardedClient, string>();
  readonly #idle = new Map<string, GuardedClient[]>();

  constructor(UndiciClient: typeof Client, resolve: ResolveHost) {
    this.#UndiciClient = UndiciClient;
    this.#resolve = resolve;
  }

  /** A client for one request, after which it goes back by `release` or `discard`. */
  take(origin: string, guard: AddressGuard): GuardedClient {
    // A socket opened for a wider allow-list must never serve a narrower one.
    const target = `${origin} ${guard.key}`;
    const idle = this.#idle.get(target);
    const client = idle?.pop();
    if (idle?.length === 0) this.#idle.delete(target);
    return client ?? this.#open(target, origin, guard);
  }

  /** Keeps a client whose request is over, all of it. */
  release(client: GuardedClient): void {
    const target = this.#all.get(client);
    if (target === undefined) return;
    const idle = this.#idle.get(target) ?? [];
    if (!client.isFree || idle.length >= MAX_IDLE) return this.discard(client);
    idle.push(client);
    this.#idle.set(target, idle);
  }

  /** Closes a client, whatever it is at. */
  discard(client: GuardedClient): void {
    this.#all.delete(client);
    void client.destroy();
  }

  /** Resolves when every socket is closed. */
  async close(): Promise<void> {
    const all = [...this.#all.keys()];
    this.#all.clear();
    this.#idle.clear();
    await Promise.all(all.map((client) => client.destroy()));
  }

  #open(target: string, origin: string, guard: AddressGuard): GuardedClient {
    const client = new GuardedClient(this.#UndiciClient, origin, guard, this.#resolve);
    this.#all.set(client, target);
    client.onDisconnect(() => this.#forgetIdle(client, target));
    return client;
  }

  /** A busy client tells its request by itself that its socket is gone. */
  #forgetIdle(client: GuardedClient, target: string): void {
    const idle = this.#idle.get(target);
    const index = idle?.indexOf(client) ?? -1;
    if (idle === undefined || index < 0) return;
    idle.splice(index, 1);
    if (idle.length === 0) this.#idle.delete(target);
    this.discard(client);
  }
}
