// #region bus
import { createBus, provide } from "@bus/core";
import { kgPushEvents, kgPushSource } from "@bus/kg-push-source";
import { kgEvents, kgSink, SHARING_PREFERENCES, type SharingPreferences } from "@bus/kg-sink";
import { sqliteStore } from "@bus/sqlite-store";
import { userEvents } from "./chat-user.ts";
import { graphUser } from "./graph-user.ts";

export interface ChatBusOptions {
  /** Of the database. */
  readonly path: string;
  /** Of the Kafka REST proxy in front of the graph. */
  readonly proxyUrl: string;
  /** What the graph shows when it pushes. */
  readonly token: string;
  readonly preferences: SharingPreferences;
}

/** The chat's bus: what happens in the chat goes to the graph, and what the graph pushes comes in as an event. */
export function makeBus({ path, proxyUrl, token, preferences }: ChatBusOptions) {
  return createBus({
    name: "chat",
    events: { ...kgEvents, ...userEvents, ...kgPushEvents },
    store: sqliteStore({ path }),
    sinks: { graph: kgSink({ url: proxyUrl, records: { User: graphUser } }) },
    routes: [{ on: ["company.*", "workspace.*", "user.*", "channel.*", "message.*"], to: "graph" }],
    sources: { tags: kgPushSource({ tokens: [token], listen: { port: 0 } }) },
    provide: [provide(SHARING_PREFERENCES, preferences)],
  });
}
// #endregion bus

export type ChatBus = ReturnType<typeof makeBus>;
