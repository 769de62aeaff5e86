import { isPromise } from "node:util/types";
import { rejected, retry, skipped, type BusEvent, type Logger, type Outcome } from "@bus/core";
import { z } from "zod";
import { kgEvents } from "../events/kg-events.ts";
import type { KgPerson } from "../events/person.ts";
import { channelDraft } from "./channel-record.ts";
import { companyDraft } from "./company-record.ts";
import type { Draft } from "./draft.ts";
import { withExtensions, type ExtensionOptions } from "./extensions.ts";
import type { KgKind, KgRecord } from "./kg-record.ts";
import { kindOf } from "./kind-of.ts";
import { messageDraft } from "./message-record.ts";
import type { KgRecordMappers } from "./record-mappers.ts";
import { SendingRules, type SendingOptions } from "./sending-rules.ts";
import { sharingFrom, type SharingAnswer } from "./sharing-preferences.ts";
import { userDraft } from "./user-records.ts";
import { workspaceDraft } from "./workspace-record.ts";

export interface RecordOptions extends SendingOptions {
  readonly extensions: ExtensionOptions;
  readonly records: KgRecordMappers;
}

/** What an event becomes: at least one record, or an outcome that ends its delivery here. */
export type Recorded = { readonly records: readonly KgRecord[] } | { readonly outcome: Outcome };

interface Kind {
  readonly schema: z.ZodType;
  // A method, so that each may name the data it takes.
  draft(data: unknown, rules: SendingRules): Draft | string;
}

const KINDS: Readonly<Record<KgKind, Kind>> = {
  User: { schema: kgEvents["user.created"], draft: userDraft },
  Channel: { schema: kgEvents["channel.created"], draft: channelDraft },
  Message: { schema: kgEvents["message.created"], draft: messageDraft },
  Company: { schema: kgEvents["company.created"], draft: companyDraft },
  Workspace: { schema: kgEvents["workspace.created"], draft: workspaceDraft },
};

/**
 * Makes the records of events. It trusts their data, for it was checked when it was published; where the host has turned that off, data that fits no
 * record is rejected.
 */
export class RecordMaker {
  readonly #rules: SendingRules;
  readonly #extensions: ExtensionOptions | undefined;
  readonly #mappers: KgRecordMappers;
  readonly #logger: Logger;

  constructor(options: RecordOptions, logger: Logger) {
    this.#rules = new SendingRules(options);
    this.#extensions = Object.values(options.extensions).includes(true) ? options.extensions : undefined;
    this.#mappers = options.records;
    this.#logger = logger;
  }

  /** Never throws. A promise only where `sharingOf` gives one. */
  recordsOf(event: BusEvent, sharingOf: (user: KgPerson) => SharingAnswer): Recorded | Promise<Recorded> {
    const kind = kindOf(event.type);
    if (kind === undefined) return { outcome: rejected(`"${event.type}" is no event of the knowledge graph`) };
    const given = this.#mappers[kind] ? this.#mapped(kind, event) : { data: event.data };
    if ("outcome" in given) return given;
    try {
      const made = KINDS[kind].draft(given.data, this.#rules);
      if (typeof made === "string") return { outcome: skipped(made) };
      const draft = this.#extensions
        ? withExtensions(made, this.#extensions, { kind, event, data: Object(given.data) })
        : made;
      const { asks } = draft;
      if (asks === undefined) return this.#recorded(draft, undefined, event);
      return this.#asked(draft, () => sharingOf(asks), event);
    } catch (error) {
      return this.#unfit(error, event);
    }
  }

  /** The data that the host's mapper makes of the event, checked. */
  #mapped(kind: KgKind, event: BusEvent): { readonly data: unknown } | { readonly outcome: Outcome } {
    try {
      const data: unknown = this.#mappers[kind]?.(event);
      if (isPromise(data)) {
        data.catch(() => undefined);
        return { outcome: rejected(`records.${kind} returned a promise: mappers answer at once`) };
      }
      if (data === undefined) return { outcome: skipped(`records.${kind} leaves it out`) };
      const parsed = KINDS[kind].schema.safeParse(data);
      if (parsed.success) return parsed;
      return { outcome: rejected(`what records.${kind} returned does not fit: ${issueWords(parsed.error)}`) };
    } catch (err) {
      this.#logger.error({ err, event: event.id }, `records.${kind} failed: the event is not sent.`);
      return { outcome: rejected(`records.${kind} failed (${nameOf(err)})`) };
    }
  }

  #asked(draft: Draft, ask: () => SharingAnswer, event: BusEvent): Recorded | Promise<Recorded> {
    try {
      const preference = ask();
      if (preference === null || preference === undefined || typeof preference === "string")
        return this.#recorded(draft, preference, event);
      return Promise.resolve(preference).then(
        (answer) => this.#recorded(draft, answer, event),
        (error: unknown) => this.#unanswered(error, event),
      );
    } catch (error) {
      return this.#unanswered(error, event);
    }
  }

  #recorded(draft: Draft, preference: unknown, event: BusEvent): Recorded {
    try {
      const records = draft.records(sharingFrom(preference));
      return typeof records === "string" ? { outcome: skipped(records) } : { records };
    } catch (error) {
      return this.#unfit(error, event);
    }
  }

  #unanswered(err: unknown, event: BusEvent): Recorded {
    this.#logger.warn({ err, event: event.id }, "The look-up of a sharing preference failed: the event waits.");
    return { outcome: retry("the look-up of the sharing preference failed") };
  }

  #unfit(err: unknown, event: BusEvent): Recorded {
    this.#logger.error({ err, event: event.id }, "No record can be made of the data: the event is not sent.");
    return { outcome: rejected(`the data fits no record (${nameOf(err)})`) };
  }
}

/** Its message may show the data. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "no error object";
}

/** What is wrong, each with the path of its field where it has one. */
function issueWords({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${z.core.toDotPath(path)}: ${message}` : message))
    .join("; ");
}
