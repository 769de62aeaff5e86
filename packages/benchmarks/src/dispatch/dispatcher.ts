import type { Entrant } from "../line-up.ts";

/** Something that calls the listeners of one event type in this process. */
export interface Dispatcher extends Entrant {
  /** With so many listeners on the type, ready to publish. */
  open(listeners: readonly Listener[]): Promise<OpenDispatcher>;
}

export type Listener = (data: unknown) => void;

export interface OpenDispatcher {
  /** Publishes once, and resolves when the listeners were called, where the system can tell. */
  publish(data: unknown): unknown;
  close(): Promise<void>;
}
