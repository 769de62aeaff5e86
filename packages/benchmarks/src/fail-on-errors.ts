import type { BusSignals } from "@bus/core";

/** A figure got with errors is none: they are shown, and the measurement fails. */
export function failOnErrors({ events }: { readonly events: BusSignals }): void {
  events.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
