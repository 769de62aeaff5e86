import type { DeskBus } from "./bus.ts";

/** Publishes that contacts were created, one for each number. */
export async function createContacts(bus: DeskBus, ...numbers: readonly number[]): Promise<void> {
  for (const id of numbers)
    await bus.publish(
      "contact.created",
      { id, type: "contact", name: `Contact ${id}`, account: { id: 1 } },
      { id: `contact-${id}-created`, key: `contact-${id}` },
    );
}
