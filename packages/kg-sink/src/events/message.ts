import { z } from "zod";
import { channelRef, type KgChannelRef } from "./channel.ts";
import { companyRef, type KgCompanyRef } from "./company.ts";
import { id } from "./id.ts";
import { instant, type Instant } from "./instant.ts";
import { person, type KgPerson } from "./person.ts";
import type { ShapeOf } from "./shape-of.ts";

/** The data of `message.created` and `message.updated`. */
export interface KgMessage<Time = Instant> {
  readonly id: string;
  /** The id of the first message of its thread. */
  readonly threadId: string;
  /** Sent only if the author shares `all`. */
  readonly content?: string | null | undefined;
  readonly createdAt: Time;
  readonly updatedAt?: Time | null | undefined;
  /** @default "message" */
  readonly type?: string | null | undefined;
  readonly deleted?: boolean | null | undefined;
  /** A message without one, of the system or a bot, is not sent. */
  readonly author?: KgPerson | null | undefined;
  readonly company: KgCompanyRef;
  /** Sent as `direct` of a message in a direct channel. */
  readonly workspaceId?: string | null | undefined;
  readonly channel: KgChannelRef;
}

const shape: ShapeOf<KgMessage<number>, KgMessage> = {
  id,
  threadId: id,
  content: z.string().nullish(),
  createdAt: instant,
  updatedAt: instant.nullish(),
  type: z.string().nullish(),
  deleted: z.boolean().nullish(),
  author: person.nullish(),
  company: companyRef,
  workspaceId: z.string().nullish(),
  channel: channelRef,
};

export const message: z.ZodType<KgMessage<number>, KgMessage> = z.looseObject(shape);
