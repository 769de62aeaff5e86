import { checkOptions, type GivenOptions } from "./check-options.ts";
import { EventBus } from "./event-bus.ts";
import type { EventSchemas } from "./event-types.ts";
import type { Bus, BusOptions, CreateBus, Sinks, Sources } from "./host-types.ts";

/**
 * Wires events, sinks, sources and routes into a bus. It does no I/O: that begins with `bus.start()`.
 *
 * @throws {BusError} for every option that is not right: BUS_OPTION_INVALID, BUS_EVENT_TYPE_INVALID, BUS_PLUGIN_INVALID, BUS_SINK_UNKNOWN,
 * BUS_ROUTE_INVALID, BUS_PATTERN_INVALID, BUS_PATTERN_UNMATCHED
 */
export const createBus: CreateBus = <E extends EventSchemas, S extends Sinks, R extends Sources>(
  options: BusOptions<E, S, R>,
) => new EventBus(checkOptions(options as unknown as GivenOptions)) as unknown as Bus<E, S, R>;
