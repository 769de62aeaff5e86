import type { AnySourcePlugin, EventSchemas, Provider } from "@bus/core";
import type { OfferFault, OpenUpstream, SourceUpstream } from "./source-upstream.ts";

/** The source under test, and what its author declares of it. */
export interface SourceSubject<Upstream extends OpenUpstream = OpenUpstream> {
  /**
   * The source as a host would have it, fetching from `upstream`, if it fetches, and knowing `secret`: what callers prove themselves with, or it proves
   * itself with. Called many times, for buses of which several live at once: a source with a port of its own takes any that is free. It must do no I/O.
   * `extra` goes into the options as it is: one test tries what becomes of an option that does not exist.
   */
  create(given: { readonly upstream: Upstream; readonly secret: string }, extra: {}): AnySourcePlugin;
  readonly upstream: SourceUpstream<Upstream>;
  /** The type of the event that it publishes for what the upstream offers. */
  readonly type: string;
  /** The event types that a host declares for it. @default `type`, with any data */
  readonly events?: EventSchemas;
  /** What a host would provide. */
  readonly provide?: readonly Provider[];
  /** False for a source that cannot know a second offer of the same by an id. @default true */
  readonly ids?: boolean;
  /** False for a source that has no secret. @default true */
  readonly secret?: boolean;
}

/** What decides which tests there are for a source. */
export interface Declared {
  readonly kind: SourceUpstream["kind"];
  readonly faults: ReadonlySet<OfferFault>;
  readonly ids: boolean;
  readonly secret: boolean;
}

export function declaredOf({ upstream, ids = true, secret = true }: SourceSubject): Declared {
  return { kind: upstream.kind, faults: new Set(upstream.faults), ids, secret };
}
