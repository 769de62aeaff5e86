import { createBus, type BusEvent } from "@bus/core";
import { expectTypeOf } from "vitest";
import type { z } from "zod";
import {
  kgEvents,
  type Instant,
  type KgMessage,
  type KgPerson,
  type KgRecordMappers,
  type KgUser,
  type SharingPreferences,
} from "../../src/index.ts";

const bus = createBus({ name: "app", events: kgEvents });

const company = { id: "c1" };
const author = { id: "u1", email: "jane.doe@example.com" };
const channel = { id: "ch1", visibility: "direct" } as const;
const message = { id: "m1", threadId: "m1", createdAt: new Date(), author, company, channel };

// What is natural to write, of each event.
await bus.publish("user.created", { ...author, createdAt: 1665048000000, companies: [company] });
await bus.publish("user.updated", { id: "u1", sharing: "all", lastActivityAt: "2022-10-06T09:20:00Z", companies: [] });
await bus.publish("channel.created", { id: "ch1", name: "General", company, owner: author });
await bus.publish("channel.updated", { ...channel, name: null, workspaceId: undefined, company, owner: null });
await bus.publish("message.created", { ...message, content: "hello @john" });
await bus.publish("message.updated", { ...message, updatedAt: new Date(), deleted: true });
await bus.publish("company.created", company);
await bus.publish("company.updated", { id: "c1", consoleId: null, name: "Acme" });
await bus.publish("workspace.created", { id: "w1", company });
await bus.publish("workspace.updated", { id: "w1", name: "Home", company });

// What is wrong does not compile.
// @ts-expect-error There is no such event.
await bus.publish("message.deleted", message);
// @ts-expect-error A user is in companies, if only in none.
await bus.publish("user.created", author);
// @ts-expect-error An id is text.
await bus.publish("company.created", { id: 1 });
// @ts-expect-error A message is in a channel.
await bus.publish("message.created", { id: "m1", threadId: "m1", createdAt: 0, company });
// @ts-expect-error A message was written at some time.
await bus.publish("message.created", { id: "m1", threadId: "m1", company, channel });
// @ts-expect-error No time is a boolean.
await bus.publish("message.created", { ...message, updatedAt: true });
// @ts-expect-error A channel is seen in one of three ways.
await bus.publish("channel.created", { id: "ch1", visibility: "secret", company });
// @ts-expect-error A typo in a literal.
await bus.publish("workspace.created", { id: "w1", nmae: "Home", company });
// @ts-expect-error At any level.
await bus.publish("workspace.created", { id: "w1", company: { id: "c1", consoelId: "x" } });

// Keys of a host's own come by a spread, in a variable, or in an interface that extends ours.
interface OwnUser extends KgUser {
  readonly language: string;
}
declare const ownUser: OwnUser;
const ofOurs = { pinned: true };
const ownCompany = { id: "c1", plan: "gold" };
await bus.publish("user.created", ownUser);
await bus.publish("message.created", { ...message, ...ofOurs, author: ownUser, company: ownCompany });

// What is heard has times in milliseconds only, and can be published again.
bus.on("message.*", async ({ data }) => {
  expectTypeOf(data).toEqualTypeOf<KgMessage<number>>();
  expectTypeOf(data.createdAt).toEqualTypeOf<number>();
  expectTypeOf(data.updatedAt).toEqualTypeOf<number | null | undefined>();
  await bus.publish("message.updated", data);
});
expectTypeOf<z.input<(typeof kgEvents)["user.created"]>>().toEqualTypeOf<KgUser>();
expectTypeOf<z.output<(typeof kgEvents)["user.created"]>>().toEqualTypeOf<KgUser<number>>();
expectTypeOf<KgMessage["createdAt"]>().toEqualTypeOf<Instant>();
expectTypeOf<Instant>().toEqualTypeOf<Date | string | number>();

// A mapper may name the event it takes, and gives what may be published.
interface Account {
  readonly uuid: string;
  readonly seenAt: Date;
}
const mappers = {
  User: ({ data }: BusEvent<string, Account>) => ({ id: data.uuid, lastActivityAt: data.seenAt, companies: [] }),
  Company: () => undefined,
} satisfies KgRecordMappers;
expectTypeOf(mappers).toExtend<KgRecordMappers>();
// @ts-expect-error No more and no less than the five kinds.
({ Person: () => undefined }) satisfies KgRecordMappers;
// @ts-expect-error A company has an id.
({ Company: () => ({ name: "Acme" }) }) satisfies KgRecordMappers;
// @ts-expect-error Mappers answer at once.
({ Company: async () => ({ id: "c1" }) }) satisfies KgRecordMappers;

// A host's preferences answer now or later.
({ sharingOf: ({ sharing }) => sharing }) satisfies SharingPreferences;
({ sharingOf: async (user: KgPerson) => user.email ?? null }) satisfies SharingPreferences;
// @ts-expect-error With a text.
({ sharingOf: () => true }) satisfies SharingPreferences;
