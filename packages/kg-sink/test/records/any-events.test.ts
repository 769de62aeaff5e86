import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KgChannelVisibility } from "../../src/events/channel.ts";
import type { KgPerson } from "../../src/events/person.ts";
import type { RecordOptions } from "../../src/records/record-maker.ts";
import { kgEmailId } from "../../src/records/kg-email-id.ts";
import { anEvent, aRecordMaker, written } from "./a-record-maker.ts";
import { EVENT_TYPES, WIRE_RECORDS, type KgEventType } from "./graph-data.ts";

const SECRET = "s3cret text";

const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 3, arbitrary }, fc.constantFrom(null, undefined));
const text = some(fc.string({ unit: "grapheme" }));
const at = some(fc.oneof(fc.date({ noInvalidDate: true }), fc.maxSafeInteger()));
const company = fc.record({
  id: fc.constantFrom("c1", "c2", "c3"),
  consoleId: some(fc.constantFrom("", "console-1", "console-2")),
});
const person: fc.Arbitrary<KgPerson> = fc.record({
  id: fc.constantFrom("u1", "u2"),
  consoleId: some(fc.constantFrom("", "console-u")),
  email: some(fc.oneof(fc.emailAddress(), fc.constantFrom("", " ", "JOSÉ@exämple.fr"))),
  sharing: some(fc.constantFrom("all", "metadata", "nothing", "other")),
});
const visibility = some(fc.constantFrom<KgChannelVisibility>("public", "private", "direct"));

const DATA = {
  user: fc
    .tuple(person, fc.record({ username: text, firstName: text, lastName: text, createdAt: at, lastActivityAt: at }))
    .chain(([user, more]) => fc.array(company, { maxLength: 4 }).map((companies) => ({ ...user, ...more, companies }))),
  channel: fc.record({
    id: fc.constant("ch"),
    name: text,
    visibility,
    workspaceId: text,
    company,
    owner: some(person),
  }),
  message: fc.record({
    id: fc.constant("m"),
    threadId: fc.constant("t"),
    content: some(fc.constant(SECRET)),
    createdAt: at.map((given) => given ?? 0),
    updatedAt: at,
    type: text,
    deleted: some(fc.boolean()),
    author: some(person),
    company,
    workspaceId: text,
    channel: fc.record({ id: fc.constant("ch"), visibility }),
  }),
  company: fc.tuple(company, text).map(([ref, name]) => ({ ...ref, name })),
  workspace: fc.record({ id: fc.constant("w"), name: text, company }),
};

/** Of any of the ten types, with data that fits it. */
const published = fc
  .constantFrom(...EVENT_TYPES)
  .chain((type) => DATA[type.split(".")[0] as keyof typeof DATA].map((data) => ({ type, data: data as Data })));

/** All that is asked of the data below. */
interface Data {
  readonly companies?: readonly { readonly id: string; readonly consoleId?: string | null }[];
  readonly company?: { readonly id: string; readonly consoleId?: string | null };
  readonly id: string;
  readonly consoleId?: string | null;
  readonly email?: string | null;
  readonly author?: KgPerson | null;
  readonly owner?: KgPerson | null;
  readonly visibility?: KgChannelVisibility | null;
  readonly channel?: { readonly visibility?: KgChannelVisibility | null };
}

const options: fc.Arbitrary<Partial<RecordOptions>> = fc.record({
  forwardedCompanies: fc.subarray(["c1", "c3", "console-1"]),
  includePrivateChannels: fc.boolean(),
  includeDirectChannels: fc.boolean(),
  strictPrivacy: fc.boolean(),
  extensions: fc.record({ event_id: fc.boolean(), message_id: fc.boolean(), deleted: fc.boolean() }),
});

/** The properties of the records as the graph reads them; none where nothing is sent. */
function sent(type: KgEventType, data: object, given: Partial<RecordOptions>): readonly Record<string, unknown>[] {
  const recorded = aRecordMaker(given).maker.recordsOf(anEvent(type, data));
  if (recorded instanceof Promise) throw new Error("Nobody is waited for.");
  if ("records" in recorded) return recorded.records.map(written);
  expect(recorded.outcome.kind).toBe("skipped");
  return [];
}

function always(claim: (type: KgEventType, data: Data, given: Partial<RecordOptions>) => void): void {
  fc.assert(fc.property(published, options, ({ type, data }, given) => claim(type, data, given)));
}

describe("of any event, whatever the options", () => {
  it("text is sent of no author but those who share all", () => {
    always((type, data, given) => {
      fc.pre(data.author?.sharing !== "all");

      expect(JSON.stringify(sent(type, data, given))).not.toContain(SECRET);
    });
  });

  it("nothing is sent of a user or an author who shares nothing", () => {
    const quiet = { author: { id: "u1", sharing: "nothing" }, sharing: "nothing" };
    always((type, data, given) => {
      fc.pre(/^(user|message)/.test(type));

      expect(sent(type, { ...data, ...quiet }, given)).toEqual([]);
    });
  });

  it("nothing is sent of a company that is not forwarded, not even its id", () => {
    always((type, data, { forwardedCompanies = [], ...given }) => {
      fc.pre(forwardedCompanies.length > 0);
      const companies = data.companies ?? [data.company ?? data];
      const isForwarded = ({ id, consoleId }: (typeof companies)[number]): boolean =>
        [id, consoleId].some((name) => forwardedCompanies.includes(name ?? ""));
      const graphIds = companies.filter(isForwarded).map(({ id, consoleId }) => consoleId || id);

      for (const properties of sent(type, data, { ...given, forwardedCompanies })) {
        expect(companies.filter(isForwarded).map(({ id }) => id)).toContain(properties["company_id"]);
        expect(properties["_kg_company_all_id"] ?? graphIds).toEqual(graphIds);
        expect(properties["_kg_company_id"] ?? graphIds[0]).toBe(graphIds[0]);
      }
    });
  });

  it("nothing is sent of a channel that is not included", () => {
    always((type, data, given) => {
      const seen = data.visibility ?? data.channel?.visibility;
      fc.pre(
        (seen === "private" && !given.includePrivateChannels) || (seen === "direct" && !given.includeDirectChannels),
      );

      expect(sent(type, data, given)).toEqual([]);
    });
  });

  it("an email id is the one of an address, never that of an empty text", () => {
    always((type, data, given) => {
      const { email } = data.author ?? data.owner ?? data;
      const id = email?.trim() ? kgEmailId(email) : undefined;

      const ids = sent(type, data, { ...given, strictPrivacy: false }).map((properties) => properties["_kg_email_id"]);
      expect(ids.filter((sentId) => sentId !== id)).toEqual([]);
      expect(ids).not.toContain("d41d8cd98f00b204e9800998ecf8427e");
    });
  });

  it("properties are the contract's, in its order, then the extensions that are wanted", () => {
    always((type, data, given) => {
      const kind = (type.charAt(0).toUpperCase() + type.slice(1, type.indexOf("."))) as keyof typeof WIRE_RECORDS;
      const extensions = ["event_id", "message_id", "deleted"] as const;
      const wanted = extensions.filter(
        (name) => given.extensions?.[name] && (kind === "Message" || name === "event_id"),
      );
      const order = [...Object.keys(WIRE_RECORDS[kind].value.properties), ...wanted];
      for (const properties of sent(type, data, given)) {
        const keys = Object.keys(properties);
        expect(keys).toEqual(order.filter((key) => keys.includes(key)));
        expect(Object.values(properties)).not.toContain(null);
        expect(keys).toEqual(expect.arrayContaining(wanted));
      }
    });
  });

  it("times are whole milliseconds", () => {
    always((type, data, given) => {
      const times = sent(type, data, given)
        .flatMap((properties) => Object.entries(properties))
        .filter(([key]) => /_at$|_last_activity$/.test(key));

      for (const [, time] of times) expect(time).toSatisfy(Number.isSafeInteger);
    });
  });
});
