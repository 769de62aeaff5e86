import { BusError } from "@bus/core";

/** What zod hands to a check, as far as it is needed here. */
interface CheckedValue<T> {
  readonly value: T;
  readonly issues: { push(issue: { code: "custom"; message: string; input: undefined }): unknown };
}

/** Makes a check for a zod schema: the words of a BusError that `check` throws become the issue. Anything else it throws is a fault, and passes. */
export function zodCheck<T>(check: (value: T) => unknown): (checked: CheckedValue<T>) => void {
  return ({ value, issues }) => {
    try {
      check(value);
    } catch (error) {
      if (!BusError.is(error)) throw error;
      issues.push({ code: "custom", message: wordsOf(error), input: undefined });
    }
  };
}

/** The path of an issue names the option already. */
function wordsOf(error: BusError): string {
  const words = error.message.replace(/\.$/, "");
  return error.code === "BUS_OPTION_INVALID" ? words.replace(/^[^:]*: /, "") : words;
}
