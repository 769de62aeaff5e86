import type { DeliveryView } from "@bus/core";
import type { TeleflowStub, TeleflowStubOptions } from "@bus/testkit";
import { aService, aStartedBus, type BusScript, type StartedBus } from "../a-started-bus.ts";

export interface Broadcasting extends StartedBus {
  readonly service: TeleflowStub;
  /** Publishes an incident, "i0" unless named. */
  open(id?: string): Promise<void>;
  /** The delivery of "i0", once it is in this state. */
  once(state: DeliveryView["state"]): Promise<DeliveryView>;
  /** How many broadcasts the service was asked for. */
  sent(): number;
}

/** A bus, and a service with two subscribers. */
export async function aBroadcasting(
  script: BusScript = {},
  stub: TeleflowStubOptions = {},
  given?: TeleflowStub,
): Promise<Broadcasting> {
  const service = given ?? (await aService({ subscribers: ["c0", "c1"], ...stub }));
  const started = await aStartedBus(service, script);
  const { bus, deliveries, until } = started;
  return {
    ...started,
    service,
    open: async (id = "i0") => {
      await bus.publish("incident.opened", { title: id }, { id });
    },
    once: (state) =>
      until(async () => {
        const found = (await deliveries()).find(({ event }) => event.id === "i0");
        if (found?.state !== state) throw new Error(`it is ${found?.state}`);
        return found;
      }),
    sent: () => service.requests.filter(({ operation }) => operation === "broadcast").length,
  };
}
