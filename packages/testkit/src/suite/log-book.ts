import type { Logger } from "@bus/core";

export interface LogEntry {
  readonly level: keyof Logger;
  readonly fields: object;
  readonly message: string;
}

/** Keeps what is logged. */
export class LogBook {
  readonly entries: LogEntry[] = [];
  readonly logger: Logger = {
    debug: (fields, message) => void this.entries.push({ level: "debug", fields, message }),
    info: (fields, message) => void this.entries.push({ level: "info", fields, message }),
    warn: (fields, message) => void this.entries.push({ level: "warn", fields, message }),
    error: (fields, message) => void this.entries.push({ level: "error", fields, message }),
  };
}
