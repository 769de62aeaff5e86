import type { EventSchemas } from "@bus/core";

/** A Standard Schema that takes whatever comes. */
export const anySchema: EventSchemas[string] = {
  "~standard": { version: 1, vendor: "bus-testkit", validate: (value) => ({ value }) },
};
