import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "@bus/core";
import type { TeleflowFaults } from "./teleflow-faults.ts";
import { TeleflowServer } from "./teleflow-server.ts";

export interface TeleflowStubOptions {
  /** The key that each request must bear. @default "test-key" */
  readonly apiKey?: string;
  /** The workflows there are. @default every name is an active one */
  readonly workflows?: Readonly<Record<string, TeleflowWorkflow>>;
  /** The tenants there are. @default every one */
  readonly tenants?: readonly string[];
  /** Subscribers of each topic, by its key. @default none */
  readonly topics?: Readonly<Record<string, readonly string[]>>;
  /** Whom a broadcast reaches, besides those who were triggered before. @default none */
  readonly subscribers?: readonly string[];
  /** @default no limit, and none of its headers */
  readonly rateLimit?: TeleflowRateLimit;
  /** Whether `Idempotency-Key` is honoured. @default true */
  readonly idempotency?: boolean;
  /** How long a trigger waits until the worker fans it out. @default 0: it does at its next turn */
  readonly fanOutMs?: number;
  /** A larger body is answered 413. @default 20 MiB */
  readonly maxRequestBytes?: number;
  /** For delays, latencies, the rate limit and what is remembered for a while. @default systemClock */
  readonly clock?: Clock;
  /** @default a free one */
  readonly port?: number;
}

export interface TeleflowWorkflow {
  /** @default "active" */
  readonly state?: "active" | "inactive" | "no-steps" | "no-active-steps";
  /** Keys that the payload must have, dotted if they are nested. @default none */
  readonly required?: readonly string[];
  /** A delay step: each notification waits so long, and can be cancelled meanwhile. @default 0 */
  readonly delayMs?: number;
}

/** A bucket of `burst` tokens, into which `limit` come every window. A trigger and a cancel take one of them. */
export interface TeleflowRateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly burst: number;
  /** What a bulk or a broadcast takes, of whatever size. @default 100 */
  readonly bulkCost?: number;
}

export type TeleflowOperation = "trigger" | "bulk" | "broadcast" | "cancel" | "notifications" | "other";

/** A trigger or a broadcast as it came; nothing of it is checked. */
export interface TeleflowStubTrigger {
  readonly name: string;
  readonly to?: unknown;
  readonly payload?: unknown;
  readonly overrides?: unknown;
  readonly transactionId?: string;
  readonly actor?: unknown;
  readonly tenant?: unknown;
}

export interface TeleflowStubRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly operation: TeleflowOperation;
  readonly headers: IncomingHttpHeaders;
  /** Parsed; undefined if there is none or it is no JSON. */
  readonly body: unknown;
  /** Length of the body. */
  readonly bytes: number;
  /** As answered; undefined as long as no answer was given. */
  readonly status: number | undefined;
  /** What it asks to be sent, in its order. */
  readonly triggers: readonly TeleflowStubTrigger[];
}

/** What one subscriber got. */
export interface TeleflowNotification {
  readonly subscriberId: string;
  readonly workflow: string;
  readonly payload: unknown;
  readonly transactionId: string;
  /** Whether a broadcast brought it. */
  readonly broadcast: boolean;
}

/** A trigger that was answered `processed`, and came to nothing. */
export interface DroppedTrigger {
  readonly transactionId: string;
  readonly reason: "duplicate" | "bad recipient" | "unknown topic" | "inactive" | "cancelled" | "lost";
}

/** A Teleflow on loopback, API and worker, that fails when told to. */
export interface TeleflowStub {
  /** Without `/v1`, under which the routes are. */
  readonly url: string;
  /** All requests, in the order in which they were in whole. */
  readonly requests: readonly TeleflowStubRequest[];
  /** All that subscribers got, in that order. */
  readonly notifications: readonly TeleflowNotification[];
  notificationsOf(subscriberId: string): readonly TeleflowNotification[];
  readonly dropped: readonly DroppedTrigger[];
  faults: TeleflowFaults;
  /** Resolves when the worker has done all that is due. What waits for the clock is not. */
  settled(): Promise<void>;
  /** Forgets all: requests, notifications, what waits, transaction ids, idempotency keys, used up limits. The faults stay. */
  clear(): void;
  /** Ends every connection, those of hanging requests too. */
  close(): Promise<void>;
}

/**
 * Starts a service that takes `POST /v1/events/trigger`, `/bulk` and `/broadcast` below it, `DELETE /v1/events/trigger/{transactionId}` and
 * `GET /v1/notifications`, and answers as version 0.24 does.
 */
export async function teleflowStub(options: TeleflowStubOptions = {}): Promise<TeleflowStub> {
  const stub = new TeleflowServer(options);
  await stub.listen(options.port ?? 0);
  return stub;
}
