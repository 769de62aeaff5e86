import { BinaryHeap } from "./binary-heap.ts";
import { MemoryLane } from "./memory-lane.ts";
import type { LaneId } from "./store.ts";

interface SinkLanes {
  readonly byDestination: Map<string, MemoryLane>;
  /** Only the lanes that can give something at some time, so that those at rest cost `due` nothing. */
  readonly queue: BinaryHeap<MemoryLane>;
}

/** The lanes that hold something or are not active; the others are made when needed and dropped again. */
export class MemoryLanes {
  readonly #sinks = new Map<string, SinkLanes>();

  find({ sink, destination }: LaneId): MemoryLane | undefined {
    return this.#sinks.get(sink)?.byDestination.get(destination);
  }

  /** The lane, made if it is not there; `place` it after the change it is wanted for. */
  obtain(id: LaneId): MemoryLane {
    const { byDestination } = this.#lanesOf(id.sink);
    let lane = byDestination.get(id.destination);
    if (lane === undefined) byDestination.set(id.destination, (lane = new MemoryLane(id)));
    return lane;
  }

  /** Called after every change of a lane. */
  place(lane: MemoryLane): void {
    const { byDestination, queue } = this.#lanesOf(lane.id.sink);
    queue.place(lane);
    if (lane.isIdle) byDestination.delete(lane.id.destination);
  }

  due(sinks: readonly string[], now: number): { lanes: readonly LaneId[]; nextAt: number | undefined } {
    const lanes: LaneId[] = [];
    let earliest = Infinity;
    for (const sink of new Set(sinks)) {
      const { due, nextAt } = this.#lanesOf(sink).queue.split(now);
      for (const lane of due) lanes.push(lane.id);
      earliest = Math.min(earliest, nextAt);
    }
    return { lanes, nextAt: earliest === Infinity ? undefined : earliest };
  }

  *[Symbol.iterator](): Generator<MemoryLane, void, undefined> {
    for (const { byDestination } of this.#sinks.values()) yield* byDestination.values();
  }

  #lanesOf(sink: string): SinkLanes {
    let lanes = this.#sinks.get(sink);
    if (lanes === undefined) {
      this.#sinks.set(sink, (lanes = { byDestination: new Map(), queue: new BinaryHeap<MemoryLane>() }));
    }
    return lanes;
  }
}
