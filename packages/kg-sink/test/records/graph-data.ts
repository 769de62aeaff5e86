import { readFileSync } from "node:fs";
import type { KgChannel } from "../../src/events/channel.ts";
import type { KgCompany } from "../../src/events/company.ts";
import type { kgEvents } from "../../src/events/kg-events.ts";
import type { KgMessage } from "../../src/events/message.ts";
import type { KgPerson } from "../../src/events/person.ts";
import type { KgUser } from "../../src/events/user.ts";
import type { KgWorkspace } from "../../src/events/workspace.ts";
import type { KgKind, KgRecord } from "../../src/records/kg-record.ts";

export type KgEventType = keyof typeof kgEvents;

/** The five kinds, each with its event types. */
export const KINDS: readonly (readonly [KgKind, readonly KgEventType[]])[] = [
  ["User", ["user.created", "user.updated"]],
  ["Channel", ["channel.created", "channel.updated"]],
  ["Message", ["message.created", "message.updated"]],
  ["Company", ["company.created", "company.updated"]],
  ["Workspace", ["workspace.created", "workspace.updated"]],
];

export const EVENT_TYPES: readonly KgEventType[] = KINDS.flatMap(([, types]) => types);

/** The contract's records, one of each kind. */
export const WIRE_RECORDS: Readonly<Record<KgKind, { readonly value: KgRecord }>> = JSON.parse(
  readFileSync(new URL("../../../../docs/spec/fixtures/kg/records.json", import.meta.url), "utf8"),
);

export const COMPANY = { id: "c3a1e8f0-55d2-4f0c-bf0e-2d1f0a9b7c03", consoleId: "console-company-3" };
/** The user's other company. The console does not know it. */
export const OTHER_COMPANY = { id: "7d1f6a52-0c1e-4a1e-9a53-6f0f5f7a2b10" };

export const PERSON: KgPerson = {
  id: "5b0d7d1e-2f6c-4f0a-8a0e-0a4d7c1b9e01",
  consoleId: "console-user-7",
  email: "jane.doe@example.com",
  sharing: "all",
};

const WORKSPACE_ID = "a8f0c1d2-3e4f-4a5b-9c6d-7e8f9a0b1c05";
const CHANNEL_ID = "9c2b3a10-7e44-4b5d-8f1a-3d2c1b0a9f04";

export function aUser(changes: Partial<KgUser> = {}): KgUser {
  return {
    ...PERSON,
    username: "jane",
    firstName: "Jane",
    lastName: "Doe",
    createdAt: 1665048000000,
    lastActivityAt: 0,
    companies: [COMPANY, OTHER_COMPANY],
    ...changes,
  };
}

export function aChannel(changes: Partial<KgChannel> = {}): KgChannel {
  return {
    id: CHANNEL_ID,
    name: "General",
    visibility: "public",
    workspaceId: WORKSPACE_ID,
    company: COMPANY,
    owner: PERSON,
    ...changes,
  };
}

export function aMessage(changes: Partial<KgMessage> = {}): KgMessage {
  return {
    id: "0f9e8d7c-6b5a-4438-8271-605f4e3d2c07",
    threadId: "e1d2c3b4-a5f6-4789-8abc-def012345606",
    content: "hello @john",
    createdAt: 1665048001000,
    updatedAt: 1665048002000,
    author: PERSON,
    company: COMPANY,
    workspaceId: WORKSPACE_ID,
    channel: { id: CHANNEL_ID, visibility: "public" },
    ...changes,
  };
}

export function aCompany(changes: Partial<KgCompany> = {}): KgCompany {
  return { ...COMPANY, name: "Acme", ...changes };
}

export function aWorkspace(changes: Partial<KgWorkspace> = {}): KgWorkspace {
  return { id: WORKSPACE_ID, name: "Home", company: COMPANY, ...changes };
}

/** What a host publishes for the contract's record. */
export function dataOf(type: KgEventType, changes: object = {}): object {
  const [subject] = type.split(".") as ["user" | "channel" | "message" | "company" | "workspace"];
  return { user: aUser, channel: aChannel, message: aMessage, company: aCompany, workspace: aWorkspace }[subject](
    changes,
  );
}
