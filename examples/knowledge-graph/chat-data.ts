import type { KgChannel, KgMessage, KgWorkspace, Sharing } from "@bus/kg-sink";
import type { ChatCompany, ChatUser } from "./chat-user.ts";

const acme = { id: "c3a1e8f0-55d2-4f0c-bf0e-2d1f0a9b7c03", consoleId: "console-company-3", name: "Acme" };
/** The console does not know it. */
const globex = { id: "7d1f6a52-0c1e-4a1e-9a53-6f0f5f7a2b10", name: "Globex" };
const home = { id: "a8f0c1d2-3e4f-4a5b-9c6d-7e8f9a0b1c05", name: "Home", company: acme };

const JOINED = { joinedAt: "2022-10-06T09:20:00Z", seenAt: 0 };

const jane: ChatUser = {
  id: "5b0d7d1e-2f6c-4f0a-8a0e-0a4d7c1b9e01",
  mail: "jane.doe@example.com",
  nick: "jane",
  fullName: ["Jane", "Doe"],
  console: "console-user-7",
  memberOf: [acme, globex],
  ...JOINED,
};
const ana: ChatUser = {
  id: "0f7e6d5c-4b3a-4291-8807-f6e5d4c3b202",
  mail: "Ana.Lima@example.com",
  nick: "ana",
  fullName: ["Ana", "Lima"],
  memberOf: [acme],
  ...JOINED,
};
const john: ChatUser = {
  id: "1a2b3c4d-5e6f-4071-8293-a4b5c6d7e803",
  mail: "john.roe@example.com",
  nick: "john",
  fullName: ["John", "Roe"],
  memberOf: [acme],
  ...JOINED,
};
const mia: ChatUser = {
  id: "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f904",
  mail: "mia.wolf@example.com",
  nick: "mia",
  fullName: ["Mia", "Wolf"],
  memberOf: [acme],
  ...JOINED,
};

export const companies: readonly ChatCompany[] = [acme, globex];
export const workspaces: readonly KgWorkspace[] = [home];

/** Each user, with what they have chosen to share. */
export const users: ReadonlyMap<ChatUser, Sharing> = new Map([
  [jane, "all"],
  [ana, "all"],
  [john, "metadata"],
  [mia, "nothing"],
]);

const inHome = { company: acme, workspaceId: home.id, owner: personOf(jane) };
const general: KgChannel = { id: "9c2b3a10-7e44-4b5d-8f1a-3d2c1b0a9f04", name: "General", ...inHome };
const board: KgChannel = {
  id: "ad3c4b21-8f55-4c6e-9a2b-4e3d2c1b0a05",
  name: "Board",
  visibility: "private",
  ...inHome,
};
const janeAndJohn: KgChannel = {
  id: "be4d5c32-9066-4d7f-ab3c-5f4e3d2c1b06",
  visibility: "direct",
  company: acme,
  owner: personOf(john),
};

export const channels: readonly KgChannel[] = [general, board, janeAndJohn];

export const messages: readonly KgMessage[] = (
  [
    [jane, general, "hello @john"],
    [john, general, "hello! is #kafka running?"],
    [undefined, general, "Mia has joined."],
    [jane, general, "#kafka is, and the #graph reads from it"],
    [mia, general, "about #layoffs: I would rather not say"],
    [ana, board, "the #budget has room for #hiring"],
    [jane, board, "and for a second #kafka?"],
    [ana, board, "not in this #budget"],
    [john, janeAndJohn, "why a second #kafka?"],
    [jane, janeAndJohn, "the first #kafka is full"],
    [mia, general, "see you tomorrow"],
    [jane, general, "tomorrow: #kafka upgrade"],
  ] as const
).map(([author, channel, content], index) => message({ author, channel, content, index }));

interface Line {
  readonly author: ChatUser | undefined;
  readonly channel: KgChannel;
  readonly content: string;
  readonly index: number;
}

function message({ author, channel, content, index }: Line): KgMessage {
  const id = index === 0 ? "e1d2c3b4-a5f6-4789-8abc-def012345606" : `message-${index + 1}`;
  const createdAt = Date.parse(JOINED.joinedAt) + 1_000 * (index + 1);
  const { company, workspaceId, visibility } = channel;
  return {
    id,
    threadId: id,
    content,
    createdAt,
    updatedAt: createdAt + 1_000,
    author: author && personOf(author),
    company,
    workspaceId,
    channel: { id: channel.id, visibility },
  };
}

function personOf({ id, mail, console }: ChatUser) {
  return { id, email: mail, consoleId: console };
}
