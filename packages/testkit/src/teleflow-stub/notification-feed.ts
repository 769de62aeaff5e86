import { jsonAnswer, type Answer } from "./answer.ts";
import type { TeleflowNotification } from "./teleflow-stub.ts";

/** What was fanned out to one subscriber, with its one job. */
export interface FeedEntry {
  readonly id: number;
  readonly createdAt: number;
  readonly notification: TeleflowNotification;
  status: "pending" | "delayed" | "completed" | "canceled";
}

const PAGE_SIZE = 10;

/** What `GET /notifications` lists: all that was fanned out, sent or not, the newest first. */
export class NotificationFeed {
  readonly #entries = new Map<string, FeedEntry[]>();
  #count = 0;

  add(notification: TeleflowNotification, createdAt: number): FeedEntry {
    const entry: FeedEntry = { id: (this.#count += 1), createdAt, notification, status: "pending" };
    const ofTransaction = this.#entries.get(notification.transactionId);
    if (ofTransaction) ofTransaction.push(entry);
    else this.#entries.set(notification.transactionId, [entry]);
    return entry;
  }

  /** When a transaction was fanned out, the last time. */
  createdAt(transactionId: string): number | undefined {
    return this.#entries.get(transactionId)?.at(-1)?.createdAt;
  }

  /** One page. It is not wrapped again, as it has `data` of its own. */
  answer(query: URLSearchParams): Answer {
    const transactionId = query.get("transactionId");
    const found = transactionId ? (this.#entries.get(transactionId) ?? []) : [...this.#entries.values()].flat();
    const page = Number(query.get("page") ?? 0) || 0;
    const end = Math.max(found.length - page * PAGE_SIZE, 0);
    const data = found
      .slice(Math.max(end - PAGE_SIZE, 0), end)
      .reverse()
      .map(describe);
    return jsonAnswer(200, { page, hasMore: data.length === PAGE_SIZE, pageSize: PAGE_SIZE, data });
  }

  clear(): void {
    this.#entries.clear();
  }
}

function describe({ id, createdAt, notification, status }: FeedEntry): object {
  const { transactionId, subscriberId, workflow, payload } = notification;
  return {
    _id: id.toString(16).padStart(24, "0"),
    transactionId,
    createdAt: new Date(createdAt).toISOString(),
    subscriber: { subscriberId },
    template: { name: workflow, triggers: [{ type: "event", identifier: workflow }] },
    jobs: [{ status, payload }],
  };
}
