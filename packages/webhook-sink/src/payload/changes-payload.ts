import type { TrinoChange, TrinoChanges } from "../events/changes.ts";
import { isCredential } from "./without-credentials.ts";

/** What changed, but for credentials. @see docs/spec/trino-webhooks.md#rules-of-the-payload */
export function changesPayload(changes: TrinoChanges | null | undefined): TrinoChanges {
  return (changes ?? []).flatMap((change) => {
    const [attribute] = Object.entries(change);
    return attribute === undefined || isCredential(attribute[0]) ? [] : [changePayload(...attribute)];
  });
}

/** With both values: JSON has left out what was undefined. */
function changePayload(name: string, { previous_value, current_value }: TrinoChange): Record<string, TrinoChange> {
  return { [name]: { previous_value: previous_value ?? null, current_value: current_value ?? null } };
}
