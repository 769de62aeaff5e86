import { retry, type AnySinkPlugin, type Sink } from "@bus/core";
import type { SinkSaboteur } from "../saboteur.ts";
import { markerOf, Tracker, type TrackerParts } from "../reference-sink.ts";

/** What a module keeps all its sinks share. */
let latest: TrackerParts | undefined;
let firstSecret: string | undefined;

export const lifecycle: readonly SinkSaboteur[] = [
  {
    name: "says that it delivered a greeting, and sends none",
    caughtBy: ["delivers an event"],
    sink: (right) => ({
      deliver: async (batch, context) => {
        const [only, ...others] = batch;
        if (only && others.length === 0 && markerOf(only) === "hello") return [{ kind: "delivered" }];
        return right.deliver(batch, context);
      },
    }),
  },
  {
    name: "asks for another try of a greeting for ever",
    caughtBy: ["delivers an event", "may be stopped twice"],
    sink: (right) => ({
      deliver: (batch, context) =>
        batch.some((delivery) => markerOf(delivery) === "hello")
          ? batch.map(() => retry("Not yet.", { free: true, afterMs: 1_000 }))
          : right.deliver(batch, context),
    }),
  },
  {
    name: "cannot stop when it has delivered nothing",
    caughtBy: ["starts and stops when there is nothing to deliver"],
    sink: (right) => {
      let hasDelivered = false;
      return {
        deliver: (batch, context) => {
          hasDelivered = true;
          return right.deliver(batch, context);
        },
        stop: () => {
          if (!hasDelivered) throw new Error("There is nothing to stop.");
        },
      };
    },
  },
  {
    name: "is the same sink in each bus",
    caughtBy: [
      "shares nothing between two buses that run at the same time",
      "works in one bus after another, whether the host makes it once or anew",
    ],
    plugin: (plugin) => {
      let sink: Sink | undefined;
      return remade(plugin, (make) => (sink ??= make()));
    },
  },
  {
    name: "works for one bus in its life",
    caughtBy: ["works in one bus after another, whether the host makes it once or anew"],
    plugin: (plugin) => {
      let hasEnded = false;
      return remade(plugin, (make) => {
        if (hasEnded) throw new Error("It has been stopped.");
        return stoppable(make(), () => (hasEnded = true));
      });
    },
  },
  {
    name: "ends in every bus when it is stopped in one",
    caughtBy: ["shares nothing between two buses that run at the same time"],
    plugin: (plugin) => {
      let isEnded = false;
      return remade(plugin, (make) => {
        isEnded = false;
        const sink = make();
        return {
          ...stoppable(sink, () => (isEnded = true)),
          deliver: (batch, context) => {
            if (isEnded) throw new Error("It has been stopped.");
            return sink.deliver(batch, context);
          },
        };
      });
    },
  },
  {
    name: "sends to where the plugin that was made last is to send",
    caughtBy: ["keeps apart what two plugins were given that work at the same time"],
    sink: (_, parts) => {
      latest = parts;
      return { deliver: (batch, context) => new Tracker(latest ?? parts).deliver(batch, context) };
    },
  },
  {
    name: "sends with the secret that it was given first in its process",
    caughtBy: ["keeps apart what two plugins were given that work at the same time"],
    sink: (_, parts) => {
      firstSecret ??= parts.options.secret;
      const tracker = new Tracker({ ...parts, options: { ...parts.options, secret: firstSecret } });
      return { deliver: (batch, context) => tracker.deliver(batch, context) };
    },
  },
  {
    name: "stops once, and not again",
    caughtBy: ["may be stopped twice"],
    sink: () => {
      let isStopped = false;
      return {
        stop: () => {
          if (isStopped) throw new Error("It has been stopped already.");
          isStopped = true;
        },
      };
    },
  },
  {
    name: "cannot stop when all that it was given was cut short",
    caughtBy: ["stops in time while the target hangs, and the next bus delivers"],
    sink: (right) => {
      let calls = 0;
      let cutShort = 0;
      return {
        deliver: async (batch, context) => {
          calls += 1;
          const outcomes = await right.deliver(batch, context);
          if (context.signal.aborted) cutShort += 1;
          return outcomes;
        },
        stop: () => {
          if (cutShort > 0 && cutShort === calls) throw new Error("Everything was cut short.");
        },
      };
    },
  },
];

/** The same, but for how its sinks are made. */
function remade(plugin: AnySinkPlugin, remake: (make: () => Sink) => Sink): AnySinkPlugin {
  const { create } = plugin.make as Extract<AnySinkPlugin["make"], { readonly create: unknown }>;
  const make: AnySinkPlugin["make"] = { create: (context) => remake(() => create(context)) };
  return Object.freeze(Object.defineProperty({ ...plugin, make }, "options", { value: plugin.options }));
}

function stoppable(sink: Sink, onStop: () => void): Sink {
  return {
    ...(sink.batch && { batch: sink.batch }),
    deliver: (batch, context) => sink.deliver(batch, context),
    check: (context) => sink.check?.(context),
    stop: () => {
      onStop();
      return sink.stop?.();
    },
  };
}
