import type { BusEvent } from "@bus/core";
import type { KgChannel } from "../events/channel.ts";
import type { KgCompany } from "../events/company.ts";
import type { KgMessage } from "../events/message.ts";
import type { KgUser } from "../events/user.ts";
import type { KgWorkspace } from "../events/workspace.ts";

/**
 * For hosts whose events have another shape: from the event to the data of that kind. Undefined leaves the event out. Called at every attempt; what
 * is returned is checked, and a delivery whose data does not fit, or whose mapper throws, is a dead letter.
 */
export interface KgRecordMappers {
  // Methods, so that a mapper may name the event it takes.
  User?(event: BusEvent): KgUser | undefined;
  Channel?(event: BusEvent): KgChannel | undefined;
  Message?(event: BusEvent): KgMessage | undefined;
  Company?(event: BusEvent): KgCompany | undefined;
  Workspace?(event: BusEvent): KgWorkspace | undefined;
}
