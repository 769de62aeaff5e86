import { retry, type Delivery, type Outcome } from "@bus/core";

/** Whether nothing after it may be sent for now: in strict order while a record is to be tried again, and in any order once the lane pauses. */
export function holdsBack({ kind }: Outcome, isStrict: boolean): boolean {
  return kind === "pause" || (isStrict && kind === "retry");
}

/** What becomes of those after it. They have not been tried, so it costs them nothing. */
export function heldBehind({ id }: Delivery): Outcome {
  return retry(`Held back behind delivery "${id}".`, { free: true });
}
