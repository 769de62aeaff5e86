import type { KgCompany, KgMessage, KgUser } from "../src/index.ts";

interface CompanyEvent {
  readonly type: "company.created";
  readonly data: KgCompany;
  readonly id: string;
}

/** `count` events of as many companies: "c0", "c1", and so on. */
export function companies(count: number, from = 0): readonly CompanyEvent[] {
  return Array.from({ length: count }, (_, index) => aCompany(`c${from + index}`));
}

export function aCompany(id: string): CompanyEvent {
  return { type: "company.created", data: { id, name: "Acme" }, id: `event-${id}` };
}

export function aUser(changes: Partial<KgUser> = {}): KgUser {
  return { id: "u1", email: "jane.doe@example.com", sharing: "all", companies: [{ id: "c0" }], ...changes };
}

export function aMessage(changes: Partial<KgMessage> = {}): KgMessage {
  return {
    id: "m1",
    threadId: "t1",
    content: "hello",
    createdAt: 1_665_048_001_000,
    author: { id: "u1", email: "jane.doe@example.com", sharing: "all" },
    company: { id: "c0" },
    workspaceId: "w1",
    channel: { id: "ch1", visibility: "public" },
    ...changes,
  };
}
