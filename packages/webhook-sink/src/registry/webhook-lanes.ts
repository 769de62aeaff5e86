import type { PluginLanes } from "@bus/core";
import type { WebhookRecord } from "../webhook-record.ts";
import type { WebhookState } from "./webhook-state.ts";

const REMOVED = "The webhook was removed.";

/**
 * What becomes of the lanes of webhooks, after their records were changed. Where a process dies between the two, a delivery for a webhook that
 * is disabled, or gone with its deliveries parked, disables the lane; every other step is noted in the state, and done at the next start.
 */
export class WebhookLanes {
  readonly #lanes: PluginLanes;
  readonly #state: WebhookState;

  constructor(lanes: PluginLanes, state: WebhookState) {
    this.#lanes = lanes;
    this.#state = state;
  }

  async disable({ id, disabled }: WebhookRecord): Promise<void> {
    if (disabled === undefined) return;
    await this.#lanes.disable(String(id), disabled.reason);
    if (disabled.pending === "discard") await this.#lanes.discard(String(id));
  }

  /** Before a record is enabled: what ended after it was disabled with "discard" is parked, and must not go out. */
  async discardUnwanted({ id, disabled }: WebhookRecord): Promise<void> {
    if (disabled?.pending === "discard") await this.#lanes.discard(String(id));
  }

  async enable(id: number): Promise<void> {
    await this.#lanes.enable(String(id));
    await this.#state.endLaneStep(id);
  }

  /** Its rate or the like may have changed. */
  refresh(id: number): void {
    this.#lanes.refresh(String(id));
  }

  /** What paused it may be over: its owner has mended something. */
  async resume(id: number): Promise<void> {
    await this.#lanes.resume(String(id));
  }

  /** The webhook is gone. */
  async park(id: number): Promise<void> {
    await this.#lanes.disable(String(id), REMOVED);
  }

  /** The webhook is gone, and its lane with it: an active one without deliveries is none. */
  async discard(id: number): Promise<void> {
    await this.#lanes.disable(String(id), REMOVED);
    await this.#lanes.discard(String(id));
    await this.enable(id);
  }

  /** Does what a process that died has left undone. */
  async finish(): Promise<void> {
    for (const [id, step] of await this.#state.laneSteps())
      await (step === "discard" ? this.discard(id) : this.enable(id));
  }
}
