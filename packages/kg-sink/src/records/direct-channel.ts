import type { KgChannelRef } from "../events/channel.ts";

/** The workspace of direct channels, on the wire too. */
const DIRECT_WORKSPACE = "direct";

/** By either mark: apps of the family know direct channels by their workspace. */
export function isDirect({ visibility }: KgChannelRef, workspaceId: string | null | undefined): boolean {
  return visibility === "direct" || workspaceId === DIRECT_WORKSPACE;
}

/** `workspace_id` of a channel and of what is said in it. */
export function workspaceIdOf(channel: KgChannelRef, workspaceId: string | null | undefined): string | undefined {
  return isDirect(channel, workspaceId) ? DIRECT_WORKSPACE : (workspaceId ?? undefined);
}
