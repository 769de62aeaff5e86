import { defineSource, type AnySourcePlugin, type Source } from "@bus/core";
import type { SourceSuiteOptions } from "../../src/index.ts";
import type { Saboteur } from "../kill-matrix.ts";
import type { OrderQueue } from "./order-queue.ts";
import { OrderSource, orderDeps, orderOptions, orderSubject, type OrderParts } from "./order-source.ts";
import { pollingDeps, pollingOptions, pollingSubject, type PollingParts } from "./polling-source.ts";

type Subject = Omit<SourceSuiteOptions<OrderQueue>, "test">;

/** A source that is wrong in one way, to show that the suite notices. */
export interface SourceSaboteur extends Saboteur {
  /** In the place of the right source that is called. */
  readonly called?: (parts: OrderParts) => Source;
  /** In the place of the right source that fetches. */
  readonly polling?: (parts: PollingParts) => Source;
  /** Replaces the plugin itself. */
  readonly plugin?: (plugin: AnySourcePlugin) => AnySourcePlugin;
  /** Replaces what its author hands to the suite. */
  readonly subject?: Partial<Subject>;
}

export function subjectOf({ called, polling, plugin = same, subject }: SourceSaboteur): Subject {
  if (polling) {
    const saboteurSource = defineSource({
      name: "polled-orders",
      options: pollingOptions,
      deps: pollingDeps,
      create: ({ options, deps }) => polling({ options, ...deps }),
    });
    const create: Subject["create"] = ({ upstream, secret }, extra) =>
      plugin(saboteurSource({ queue: upstream, secret, ...extra }));
    return { ...pollingSubject, create, ...subject };
  }
  const saboteurSource = defineSource({
    name: "orders",
    options: orderOptions,
    deps: orderDeps,
    create: ({ options, deps }) => called?.({ options, ...deps }) ?? new OrderSource({ options, ...deps }),
  });
  const create: Subject["create"] = ({ secret }, extra) => plugin(saboteurSource({ secret, ...extra }));
  return { ...(orderSubject as Subject), create, ...subject };
}

/** The same, but for what is changed. */
export function copyOf(plugin: AnySourcePlugin, changes: object): AnySourcePlugin {
  return Object.freeze(Object.defineProperty({ ...plugin, ...changes }, "options", { value: plugin.options }));
}

/** The same, of which each bus gets what `make` gives. */
export function madeOf(plugin: AnySourcePlugin, make: (parts: OrderParts) => OrderSource): AnySourcePlugin {
  const create = ({ options, deps }: { readonly options: OrderParts["options"]; readonly deps: object }): OrderSource =>
    make({ options, ...deps } as OrderParts);
  return copyOf(plugin, { make: { create } });
}

function same<T>(value: T): T {
  return value;
}
