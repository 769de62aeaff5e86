import type { AnySinkPlugin, AnySourcePlugin, Provider } from "@bus/core";
import type { VirtualClock } from "../virtual-clock.ts";

/** What the tests need that every plugin must pass, whatever its kind. */
interface PluginBench {
  readonly subject: { readonly provide?: readonly Provider[] };
  readonly clock: VirtualClock;
  /** As its author makes it. */
  plugin(extra?: {}): AnySinkPlugin | AnySourcePlugin;
  /** A bus with it, not started. */
  prepare(): { readonly bus: { inspect(): unknown } };
  /** Rejects with what keeps the bus from starting. */
  start(options: {
    readonly provide?: readonly Provider[];
    readonly undeclared?: (service: string) => void;
  }): Promise<unknown>;
}

/** One thing that every plugin must do. */
export interface PluginTest {
  readonly name: string;
  run(bench: PluginBench): Promise<void>;
}
