import type { z } from "zod";
import { channel, type KgChannel } from "./channel.ts";
import { company, type KgCompany } from "./company.ts";
import { message, type KgMessage } from "./message.ts";
import { user, type KgUser } from "./user.ts";
import { workspace, type KgWorkspace } from "./workspace.ts";

/**
 * The events that the knowledge graph is fed with, for the bus's `events`. Schemas keep unknown keys, take null for what may be missing, and
 * make every time milliseconds since the epoch.
 *
 * @see docs/spec/knowledge-graph.md#records-fixtureskgrecordsjson-holds-one-of-each
 */
export const kgEvents: {
  readonly "user.created": z.ZodType<KgUser<number>, KgUser>;
  readonly "user.updated": z.ZodType<KgUser<number>, KgUser>;
  readonly "channel.created": z.ZodType<KgChannel, KgChannel>;
  readonly "channel.updated": z.ZodType<KgChannel, KgChannel>;
  readonly "message.created": z.ZodType<KgMessage<number>, KgMessage>;
  readonly "message.updated": z.ZodType<KgMessage<number>, KgMessage>;
  readonly "company.created": z.ZodType<KgCompany, KgCompany>;
  readonly "company.updated": z.ZodType<KgCompany, KgCompany>;
  readonly "workspace.created": z.ZodType<KgWorkspace, KgWorkspace>;
  readonly "workspace.updated": z.ZodType<KgWorkspace, KgWorkspace>;
} = {
  "user.created": user,
  "user.updated": user,
  "channel.created": channel,
  "channel.updated": channel,
  "message.created": message,
  "message.updated": message,
  "company.created": company,
  "company.updated": company,
  "workspace.created": workspace,
  "workspace.updated": workspace,
};
