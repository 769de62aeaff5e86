import type { BusEvent } from "@bus/core";
import { kgEvents } from "../../src/events/kg-events.ts";
import type { KgRecord } from "../../src/records/kg-record.ts";
import { RecordMaker, type Recorded, type RecordOptions } from "../../src/records/record-maker.ts";
import { askingOnce, sharingOfEvent, type SharingPreferences } from "../../src/records/sharing-preferences.ts";
import type { KgEventType } from "./graph-data.ts";

export interface Logged {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

export const NO_EXTENSIONS = { event_id: false, message_id: false, deleted: false };

export function aRecordMaker(
  options: Partial<RecordOptions> = {},
  preferences: SharingPreferences = sharingOfEvent,
): {
  readonly maker: { recordsOf(event: BusEvent): Recorded | Promise<Recorded> };
  readonly logged: readonly Logged[];
} {
  const logged: Logged[] = [];
  const log =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push({ level, fields, message });
    };
  const defaults: RecordOptions = {
    forwardedCompanies: [],
    includePrivateChannels: true,
    includeDirectChannels: true,
    strictPrivacy: false,
    extensions: NO_EXTENSIONS,
    records: {},
  };
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const maker = new RecordMaker({ ...defaults, ...options }, logger);
  const sharingOf = askingOnce(preferences, new AbortController().signal);
  return { maker: { recordsOf: (event) => maker.recordsOf(event, sharingOf) }, logged };
}

/** As the bus hands it to a sink: checked, and read back from JSON. */
export function anEvent(type: KgEventType, data: object): BusEvent {
  return anyEvent(type, kgEvents[type].parse(data));
}

/** As from a host that checks nothing. */
export function anyEvent(type: string, data: unknown): BusEvent {
  const read: unknown = JSON.parse(JSON.stringify(data ?? null));
  return { id: "event-1", type, source: "app", time: "2022-10-06T09:20:00.000Z", data: read };
}

/** The records that a maker with these options makes of the data. */
export async function recordsOf(
  type: KgEventType,
  data: object,
  options?: Partial<RecordOptions>,
  preferences?: SharingPreferences,
): Promise<readonly KgRecord[]> {
  const recorded = await recordedOf(type, data, options, preferences);
  if ("outcome" in recorded) throw new Error(`There are no records: ${JSON.stringify(recorded.outcome)}`);
  return recorded.records;
}

export async function recordedOf(
  type: KgEventType,
  data: object,
  options?: Partial<RecordOptions>,
  preferences?: SharingPreferences,
): Promise<Recorded> {
  return aRecordMaker(options, preferences).maker.recordsOf(anEvent(type, data));
}

/** The properties as the graph reads them. */
export function written(record: KgRecord | undefined): Record<string, unknown> {
  return JSON.parse(JSON.stringify(record?.properties));
}
