import { z } from "zod";
import { companyRef, type KgCompanyRef } from "./company.ts";
import { id } from "./id.ts";
import { person, type KgPerson } from "./person.ts";
import type { ShapeOf } from "./shape-of.ts";

/** Who may read a channel. A direct one is a conversation between a few users, outside of any workspace. */
export type KgChannelVisibility = "public" | "private" | "direct";

/** The data of `channel.created` and `channel.updated`. */
export interface KgChannel {
  readonly id: string;
  /** A direct channel's is not sent. */
  readonly name?: string | null | undefined;
  /** @default "public"; or "direct" in the workspace of that name. Without it nothing is sent where the sink does not include all channels. */
  readonly visibility?: KgChannelVisibility | null | undefined;
  /** Sent as `direct` of a direct channel. */
  readonly workspaceId?: string | null | undefined;
  readonly company: KgCompanyRef;
  readonly owner?: KgPerson | null | undefined;
}

/** Of a message's channel, what decides whether the message is sent. */
export type KgChannelRef = Pick<KgChannel, "id" | "visibility">;

const refShape: ShapeOf<KgChannelRef> = { id, visibility: z.enum(["public", "private", "direct"]).nullish() };

const shape: ShapeOf<KgChannel> = {
  ...refShape,
  name: z.string().nullish(),
  workspaceId: z.string().nullish(),
  company: companyRef,
  owner: person.nullish(),
};

export const channelRef: z.ZodType<KgChannelRef, KgChannelRef> = z.looseObject(refShape);

export const channel: z.ZodType<KgChannel, KgChannel> = z.looseObject(shape);
