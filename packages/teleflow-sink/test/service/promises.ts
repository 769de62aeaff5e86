import type { DeliveryView } from "@bus/core";
import type { TeleflowNotification } from "@bus/testkit";
import { ATTEMPTS, type Run } from "./a-run.ts";
import type { Exchange } from "./counted-transport.ts";
import { numberOf, SUBSCRIBERS } from "./faulty-service.ts";
import type { Fate, Scenario } from "./scenario.ts";
import { BESIDE, BROADCAST, eventsOf, FATED } from "./shop.ts";

/** Each promise that the run broke, in words. */
export function brokenPromises(scenario: Scenario, run: Run): readonly string[] {
  return [
    ...lost(scenario, run),
    ...run.deliveries.flatMap((delivery) => wrongEnd(scenario, delivery, run)),
    ...outOfBounds(scenario, run),
    ...sentAgain(scenario, run),
    ...run.twiceOut.map((id) => `${id} was in two requests at once`),
  ];
}

function workflowOf({ destination }: DeliveryView): string {
  return destination.slice(destination.indexOf(":") + 1);
}

function fateOf(scenario: Scenario, delivery: DeliveryView): Fate {
  const fate = eventsOf(scenario)[numberOf(delivery.event.data)]?.fate;
  return fate && workflowOf(delivery) !== BESIDE ? fate : { kind: "fine" };
}

/** Each event is owed to each of its rules. */
function lost(scenario: Scenario, { deliveries }: Run): string[] {
  const owed = eventsOf(scenario).flatMap(({ type }, n) =>
    (type === "order.shipped" ? [FATED, BESIDE] : [BROADCAST]).map((workflow) => `${n} ${workflow}`),
  );
  const found = deliveries.map((delivery) => `${numberOf(delivery.event.data)} ${workflowOf(delivery)}`);
  return owed.filter((one) => !found.includes(one)).map((one) => `${one} is lost`);
}

/** What takes effect does so once; what counts as delivered has; what is dead has a cause, and says so. */
function wrongEnd(scenario: Scenario, delivery: DeliveryView, { service }: Run): string[] {
  const { state, reason, attempts } = delivery;
  const n = numberOf(delivery.event.data);
  const what = `${n} ${workflowOf(delivery)}`;
  const fate = fateOf(scenario, delivery);
  const got = service.stub.notifications.filter(
    ({ workflow, payload }) => workflow === workflowOf(delivery) && numberOf(payload) === n,
  );
  const broken = effectTwice(got).map((subscriber) => `${what} came twice to ${subscriber}`);
  if (state !== "delivered" && state !== "dead") return [...broken, `${what} ended as ${state}`];
  if (state === "dead") {
    if (reason === undefined || reason === "") broken.push(`${what} is dead without a reason`);
    const isBroadcast = workflowOf(delivery) === BROADCAST;
    if ((fate.kind === "fine" || fate.kind === "fails") && !isBroadcast) broken.push(`${what} is dead: ${reason}`);
    if (fate.kind === "never" && attempts < ATTEMPTS && !isBroadcast)
      broken.push(`${what} died after ${attempts} attempts`);
    return broken;
  }
  const wanted =
    workflowOf(delivery) === BROADCAST
      ? SUBSCRIBERS
      : [workflowOf(delivery) === BESIDE ? "warehouse" : `customer-${n}`];
  for (const subscriber of wanted)
    if (!got.some(({ subscriberId }) => subscriberId === subscriber))
      broken.push(`${what} counts as delivered, and ${subscriber} got nothing`);
  return broken;
}

function effectTwice(got: readonly TeleflowNotification[]): readonly string[] {
  const subscribers = got.map(({ subscriberId }) => subscriberId);
  return subscribers.filter((subscriber, place) => subscribers.indexOf(subscriber) !== place);
}

function outOfBounds({ maxTriggers, maxBytes }: Scenario, { service }: Run): string[] {
  return service.stub.requests.flatMap(({ operation, triggers, bytes }, index) => {
    if (operation !== "bulk") return [];
    const broken: string[] = [];
    if (triggers.length > maxTriggers) broken.push(`bulk ${index} has ${triggers.length} triggers`);
    if (bytes > maxBytes) broken.push(`bulk ${index} has ${bytes} bytes`);
    return broken;
  });
}

/** Answers after which the same bytes bear the same key. */
const SAME_KEY = [408, 409];
/** Answers that are not of each trigger of the request. */
const ANY_KEY = [400, 413, 422, 429];

/** A broadcast of which nobody knows is not sent again. The same bytes without an answer bear the same key, and after an answer another. */
function sentAgain({ broadcastRetry }: Scenario, { exchanges }: Run): string[] {
  const broken: string[] = [];
  /** By transaction id. */
  const last = new Map<string, Exchange>();
  for (const [index, exchange] of exchanges.entries()) {
    const { path, body, key, transactionIds, status = 0 } = exchange;
    const [before, ...others] = transactionIds.map((id) => last.get(id));
    if (path.endsWith("/broadcast") && before && before.status === undefined && !broadcastRetry)
      broken.push(`broadcast ${String(transactionIds[0])} was sent again`);
    if (before && others.every((one) => one === before) && before.path === path && before.body === body) {
      const isSameKey = before.status === undefined || SAME_KEY.includes(before.status);
      if (isSameKey !== (before.key === key))
        broken.push(`exchange ${index} follows ${before.status} with ${before.key === key ? "its" : "another"} key`);
    }
    for (const id of transactionIds)
      if (ANY_KEY.includes(status)) last.delete(id);
      else last.set(id, exchange);
  }
  return broken;
}
