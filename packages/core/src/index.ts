export { createBus } from "./create-bus.ts";
export type {
  Bus,
  BusOptions,
  BusState,
  CreateBus,
  MappedTo,
  Patterns,
  PublishManyEntry,
  Route,
  Sinks,
  Sources,
} from "./host-types.ts";
export type { EventInput, EventOf, EventSchemas, EventType, Matching } from "./event-types.ts";
export { defineSink, type SinkDefinition } from "./define-sink.ts";
export { defineSource, type SourceDefinition } from "./define-source.ts";
export type { AnySinkPlugin, AnySourcePlugin, SinkPlugin, SourcePlugin } from "./plugin-types.ts";
export { container, inject, injectable, type DependencyContainer } from "./container.ts";
export type { BusSignalMap, BusSignals, DeliverySignal, LaneSignal } from "./bus-signals.ts";
export type { Deliveries, DeliveriesQuery, DeliveryView } from "./deliveries.ts";
export type { Lanes } from "./lanes.ts";
export type { BusInspection, RouteInspection } from "./inspect.ts";
export { memoryStore } from "./store/memory-store.ts";
export { BusError, type BusErrorCode } from "./errors.ts";
export type { BusEvent, EventAttributes, PublishOptions } from "./event.ts";
export { systemClock, type Clock } from "./clock.ts";
export { type Logger } from "./logger.ts";
export { delivered, disable, pause, rejected, retry, skipped, type AttemptInfo, type Outcome } from "./outcome.ts";
export type { BatchBounds, DeliverContext, Delivery, DeliveryPolicy, RetryPolicy, Sink } from "./sink.ts";
export type { Publisher, PublishEntry, Source } from "./source.ts";
export { provide, token, type Provider, type Token } from "./token.ts";
export { CLOCK, DELIVERIES, LANES, LOGGER, OPTIONS, PUBLISHER, RANDOM, STATE } from "./core-tokens.ts";
export type { PluginDeliveries } from "./plugin-deliveries.ts";
export type { PluginLanes } from "./plugin-lanes.ts";
export type { PluginState, PluginStateChange } from "./plugin-state.ts";
export { FAN_OUT } from "./store/store.ts";
export type {
  AppendEntry,
  Attempt,
  DeliveryPage,
  DeliveryQuery,
  DeliveryRecord,
  DeliveryState,
  Expansion,
  LaneCondition,
  LaneId,
  LaneRecord,
  LaneStatus,
  Lease,
  LeasedDelivery,
  LeaseRequest,
  PruneBounds,
  NewDelivery,
  Settlement,
  StateChange,
  StateStore,
  Store,
  StoredEvent,
  StoreStats,
} from "./store/store.ts";
