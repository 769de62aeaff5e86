import type { DeliveryPolicy, Outcome } from "@bus/core";
import { AbortableCall } from "./abortable-call.ts";
import type { RunningSink } from "./running-sink.ts";
import { SINK, type SinkBench } from "./sink-bench.ts";
import type { TargetFault } from "./sink-target.ts";

/** One attempt for each delivery, so that what fails is a dead letter, and nothing waits behind it. */
const ONCE: DeliveryPolicy = { retry: [] };

/** Without those after which a sink may give its destination up for good. */
const FAULTS: readonly TargetFault[] = [
  { kind: "status", status: 302, headers: { location: "/elsewhere" } },
  { kind: "status", status: 400 },
  { kind: "status", status: 401 },
  { kind: "status", status: 429 },
  { kind: "error" },
  { kind: "reset" },
  { kind: "cut" },
  { kind: "huge" },
  { kind: "garbage" },
];
const LASTING_FAULTS: readonly TargetFault[] = [{ kind: "hang" }, { kind: "drip" }];

/** What a sink has let others see of a run in which nearly everything went wrong. */
export interface PlayedFaults {
  /** That were thrown and reported. */
  readonly errors: readonly unknown[];
  /** As the store shows them, and what was said of those that it did not have. */
  readonly deliveries: readonly unknown[];
}

/** Delivers an event well, one at each fault that the target can play, and one that it refuses; then the bus has stopped. */
export async function playFaults(bench: SinkBench): Promise<PlayedFaults> {
  const { target, subject } = bench;
  const running = await bench.start({ policy: ONCE });
  const errors: unknown[] = [];
  const deliveries: unknown[] = [];
  const canPlay = ({ kind }: TargetFault): boolean => subject.target.faults.includes(kind);
  const deliverOne = async (): Promise<void> => void deliveries.push(...(await delivered(running)));

  await deliverOne();
  for (const fault of FAULTS.filter(canPlay)) {
    target.fault = () => fault;
    await deliverOne();
  }
  for (const fault of LASTING_FAULTS.filter(canPlay)) {
    target.fault = () => fault;
    const result = await aborted(bench, running);
    if (result.status === "fulfilled") deliveries.push(...result.value);
    else errors.push(result.reason);
  }
  target.fault = () => undefined;
  if (subject.target.refusal) {
    target.refused.add(nextMarker(running));
    await deliverOne();
  }
  await target.goDown();
  await deliverOne();
  await running.stop().catch((error: unknown) => errors.push(error));
  errors.push(...running.reported, ...running.calls.map(({ error }) => error));
  return { errors, deliveries };
}

/** What came of one event. Afterwards nothing is left of it that others would wait for. */
async function delivered(running: RunningSink): Promise<readonly unknown[]> {
  const { bus, calls } = running;
  const before = calls.length;
  await running.publish(nextMarker(running));
  await running.until("the sink was called, and what came of it was stored", async () => {
    return calls.length > before && (await bus.deliveries.stats()).leased === 0;
  });
  const all = await running.deliveries();
  await bus.deliveries.discard({ sink: SINK });
  for (const lane of await bus.lanes.list()) {
    if (lane.status.state === "paused") await bus.lanes.resume(lane);
    if (lane.status.state === "disabled") await bus.lanes.enable(lane);
  }
  return all;
}

function nextMarker({ calls }: RunningSink): string {
  return `item-${calls.length}`;
}

/** What comes of a call that is aborted while its request is under way. */
async function aborted(bench: SinkBench, running: RunningSink): Promise<PromiseSettledResult<readonly Outcome[]>> {
  const before = bench.target.requests.length;
  const batch = await running.take("item");
  const call = new AbortableCall("deliver()", (signal) => running.sink.deliver(batch, { signal }));
  await running.until("the request came in", () => {
    return call.result !== undefined || bench.target.requests.length > before;
  });
  return call.result ?? call.abort(bench.clock);
}
