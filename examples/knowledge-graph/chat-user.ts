import { z } from "zod";

const company = z.object({ id: z.string(), consoleId: z.string().exactOptional(), name: z.string() });

/** A user as this app has always had them: another shape than that of `kgEvents`. */
const chatUser = z.object({
  id: z.string(),
  mail: z.string(),
  nick: z.string(),
  fullName: z.tuple([z.string(), z.string()]),
  /** The id that the company's console has of them. */
  console: z.string().exactOptional(),
  memberOf: z.array(company),
  joinedAt: z.iso.datetime(),
  /** Ms since the epoch; 0: never. */
  seenAt: z.int(),
});

export type ChatUser = z.infer<typeof chatUser>;
export type ChatCompany = z.infer<typeof company>;

export const userEvents = { "user.created": chatUser, "user.updated": chatUser };
