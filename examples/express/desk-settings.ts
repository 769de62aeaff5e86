import type { DeliveryPolicy } from "@bus/core";

export interface DeskSettings {
  /** The file of the store. Its directory must be there. */
  readonly path: string;
  /** Hosts that webhooks may lead to although they are private. */
  readonly allow?: readonly string[];
  readonly policy?: DeliveryPolicy;
  readonly maxBacklog?: number;
}
