import { BusError } from "@bus/core";
import type { z } from "zod";

/** A zod check: what `check` throws on purpose becomes the issue. Anything else it throws is a fault, and passes. */
export function refusal<T>(check: (value: T) => unknown): z.core.CheckFn<T> {
  return (payload) => {
    try {
      check(payload.value);
    } catch (error) {
      if (!BusError.is(error)) throw error;
      payload.issues.push({ code: "custom", message: wordsOf(error), input: undefined });
    }
  };
}

/** The path of an issue names the option already. */
function wordsOf(error: BusError): string {
  const words = error.message.replace(/\.$/, "");
  return error.code === "BUS_OPTION_INVALID" ? words.replace(/^[^:]*: /, "") : words;
}
