// Each mistake is refused where it stands; the comments say what the compiler prints.
import { z } from "zod";
import type { CreateBus } from "../../src/host-types.ts";
import type { SinkPlugin } from "../../src/plugin-types.ts";

declare const createBus: CreateBus;

const events = {
  "message.created": z.object({ id: z.string() }),
  "message.deleted": z.object({ id: z.string() }),
};
const graphEvents = {
  "message.created": z.object({ id: z.string(), node: z.number() }),
  "message.deleted": z.object({ id: z.string() }),
};
declare const hooks: SinkPlugin<undefined>;
declare const graph: SinkPlugin<typeof graphEvents>;

const options = { name: "helpdesk", events, sinks: { hooks, graph } };
const bus = createBus(options);

// @ts-expect-error Argument of type '"mesage.created"' is not assignable to parameter of type …
void bus.publish("mesage.created", { id: "1" });

// @ts-expect-error Type 'number' is not assignable to type 'string'.
void bus.publish("message.created", { id: 1 });

// @ts-expect-error Type 'number' is not assignable to type 'string'.
void bus.publishMany([{ type: "message.created", data: { id: 1 } }]);

// @ts-expect-error … '"mesage.*"' is not assignable to … '"No event type matches \"mesage.*\""' …
bus.on("mesage.*", () => {});

// @ts-expect-error … '"mesage.*"' is not assignable to … '"No event type matches \"mesage.*\""' …
bus.on(["message.*", "mesage.*"], () => {});

// @ts-expect-error Type '"mesage.*"' is not assignable to type '"No event type matches \"mesage.*\""'.
createBus({ ...options, routes: [{ on: "mesage.*", to: "hooks" }] });

// @ts-expect-error Type '"mesage.*"' is not assignable to type '"No event type matches \"mesage.*\""'.
createBus({ ...options, routes: [{ on: ["message.*", "mesage.*"], to: "hooks" }] });

// @ts-expect-error Type '"graf"' is not assignable to type '"graph" | "hooks"'.
createBus({ ...options, routes: [{ on: "message.*", to: "graf" }] });

// @ts-expect-error Type '"hooks"' is not assignable to type '"This bus has no sinks"'.
createBus({ name: "bare", events, routes: [{ on: "message.*", to: "hooks" }] });

// @ts-expect-error Property 'map' is missing … but required in type 'MapNeeded<"Sink \"graph\" does not accept \"message.created\" as it is", …
createBus({ ...options, routes: [{ on: "message.*", to: "graph" }] });

createBus({
  ...options,
  routes: [
    // @ts-expect-error The types of 'data.node' are incompatible between these types. Type 'string' is not assignable to type 'number'.
    { on: "message.*", to: "graph", map: (event) => ({ type: "message.created", data: { id: event.id, node: "" } }) },
  ],
});

createBus({
  ...options,
  routes: [
    // @ts-expect-error Type '"message.gone"' is not assignable to type '"message.deleted"'.
    { on: "message.*", to: "graph", map: (event) => ({ type: "message.gone", data: { id: event.id } }) },
  ],
});

// @ts-expect-error Property 'node' does not exist on type '{ id: string; }'.
createBus({ ...options, routes: [{ on: "message.*", to: "hooks", where: (event) => event.data.node === 1 }] });
