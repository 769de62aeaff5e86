import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Publisher } from "./source.ts";
import type { PluginDeliveries } from "./plugin-deliveries.ts";
import type { PluginLanes } from "./plugin-lanes.ts";
import type { PluginState } from "./plugin-state.ts";
import { token, type Token } from "./token.ts";

/** Where plugins write what an operator may want to read. @default silent */
export const LOGGER: Token<Logger> = token("bus:logger");
/** @default the system's */
export const CLOCK: Token<Clock> = token("bus:clock");
/** A number in [0, 1), like `Math.random`. */
export const RANDOM: Token<() => number> = token("bus:random");
/** This plugin instance's own durable key-value store. */
export const STATE: Token<PluginState> = token("bus:state");
/** The lanes of this sink's destinations. Sources have none. */
export const LANES: Token<PluginLanes> = token("bus:lanes");
/** The deliveries of this sink. Sources have none. */
export const DELIVERIES: Token<PluginDeliveries> = token("bus:deliveries");
export const PUBLISHER: Token<Publisher> = token("bus:publisher");
/** The plugin's options, parsed; for classes, which get everything by token. */
export const OPTIONS: Token<unknown> = token("bus:options");
