import {
  createBus,
  defineSink,
  delivered,
  inject,
  injectable,
  OPTIONS,
  provide,
  token,
  type Delivery,
} from "@bus/core";
import { expect, it } from "vitest";
import { z } from "zod";
import { anything, started } from "../host/builders.ts";

interface Phone {
  call(number: string): void;
}
const PHONE = token<Phone>("test:phone");
const options = z.object({ prefix: z.string() });

@injectable()
class Caller {
  readonly #options: z.output<typeof options>;
  readonly #phone: Phone;

  constructor(@inject(OPTIONS) parsed: z.output<typeof options>, @inject(PHONE) phone: Phone) {
    this.#options = parsed;
    this.#phone = phone;
  }

  deliver(batch: readonly Delivery[]): ReturnType<typeof delivered>[] {
    return batch.map(({ event }) => {
      this.#phone.call(this.#options.prefix + String(event.data));
      return delivered();
    });
  }
}

it("a sink may be a class with decorators, compiled by a tool that knows them", async () => {
  const calls: string[] = [];
  const callerSink = defineSink({ name: "caller", options, deps: { phone: PHONE }, useClass: Caller });
  const bus = createBus({
    name: "test",
    events: anything,
    sinks: { calls: callerSink({ prefix: "+49" }) },
    provide: [provide(PHONE, { call: (number) => calls.push(number) })],
  });
  await started(bus);

  await bus.publish("thing.done", "123");

  await expect.poll(() => calls).toEqual(["+49123"]);
});
