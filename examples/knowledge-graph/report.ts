import { kgEmailId, type KgRecord } from "@bus/kg-sink";
import type { ChatBus } from "./bus.ts";
import { users } from "./chat-data.ts";
import type { Graph } from "./graph.ts";
import type { UserTags } from "./user-tags.ts";

/** How many records of each kind: `2 Company, 1 Workspace`. */
export function countsOf(records: readonly KgRecord[]): string {
  return [...Map.groupBy(records, ({ id }) => id)].map(([kind, { length }]) => `${length} ${kind}`).join(", ");
}

/** Whether messages are in the order in which they were written. */
export function isInOrder(records: readonly KgRecord[]): boolean {
  const times = records.map(({ properties }) => Number(properties["message_created_at"]));
  return times.every((at, index) => index === 0 || at > Number(times[index - 1]));
}

/** What each user shares, what the graph has of it, and the tags that came of it. */
export function tableOf(graph: Graph, tags: UserTags): string {
  const { knowledge } = graph;
  const rows = [...users].map(([user, sharing]) => {
    const { messages, texts } = knowledge.get(kgEmailId(user.mail) ?? "") ?? { messages: 0, texts: [] };
    const words = tags.of(user).map(({ value, weight }) => `${value} ${weight}`);
    return [user.fullName.join(" "), sharing, String(messages), String(texts.length), words.join(", ") || "none"];
  });
  return [["user", "shares", "messages", "with text", "tags"], ...rows]
    .map((row) => `  ${row.map((cell, column) => cell.padEnd([11, 10, 10, 11][column] ?? 0)).join("")}`)
    .join("\n");
}

/** What was not sent, and why. */
export async function skippedOf(bus: ChatBus): Promise<string> {
  // #region skipped
  const { items } = await bus.deliveries.list({ sink: "graph", state: "skipped" });
  const reasons = items.map(({ event, reason }) => `${event.type}: ${reason}`);
  // #endregion skipped
  return [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, { length }]) => `  ${length} ${reason}`)
    .join("\n");
}
