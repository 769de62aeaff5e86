import { BusError } from "@bus/core";
import type { z } from "zod";

/** A zod check: what `check` throws on purpose becomes the issue. Anything else it throws is a fault, and passes. */
export function refusal<T>(check: (value: T) => unknown): z.core.CheckFn<T> {
  return (payload) => {
    try {
      check(payload.value);
    } catch (error) {
      if (!BusError.is(error)) throw error;
      payload.issues.push({ code: "custom", message: error.message.replace(/\.$/, ""), input: undefined });
    }
  };
}
