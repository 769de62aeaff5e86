import type { Store } from "@bus/core";

/** Makes a call somewhere else: `method` of the store there, such as `append` or `state.get`. */
export type RemoteCall = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** A store whose every call is made somewhere else. What it shows without a call says nothing of the store there. */
export function remoteStore(call: RemoteCall): Store {
  const to =
    <Method extends (...args: never) => Promise<unknown>>(method: string) =>
    (...args: Parameters<Method>): ReturnType<Method> =>
      call(method, args) as ReturnType<Method>;
  return {
    name: "remote",
    keepsUnrouted: true,
    pollMs: Infinity,
    open: to<Store["open"]>("open"),
    close: to<Store["close"]>("close"),
    append: to<Store["append"]>("append"),
    lease: to<Store["lease"]>("lease"),
    settle: to<Store["settle"]>("settle"),
    expand: to<Store["expand"]>("expand"),
    due: to<Store["due"]>("due"),
    lanes: to<Store["lanes"]>("lanes"),
    setLane: to<Store["setLane"]>("setLane"),
    get: to<Store["get"]>("get"),
    query: to<Store["query"]>("query"),
    replay: to<Store["replay"]>("replay"),
    discard: to<Store["discard"]>("discard"),
    stats: to<Store["stats"]>("stats"),
    prune: to<Store["prune"]>("prune"),
    state: {
      get: to<Store["state"]["get"]>("state.get"),
      change: to<Store["state"]["change"]>("state.change"),
      keys: to<Store["state"]["keys"]>("state.keys"),
    },
  };
}
