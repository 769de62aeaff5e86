import type { DeliveryView } from "@bus/core";
import { ATTEMPTS, type Run } from "./a-run.ts";
import type { FaultyProxy } from "./faulty-proxy.ts";
import { eventsOf, idsOf, recordIdsOf } from "./graph-events.ts";
import type { Scenario } from "./scenario.ts";

type Requests = FaultyProxy["requests"];

/** Each promise that the run broke, in words. */
export function brokenPromises(scenario: Scenario, { proxy, deliveries }: Run): readonly string[] {
  const { requests } = proxy;
  return [
    ...lost(scenario, { proxy, deliveries }),
    ...deadWithoutCause(scenario, { proxy, deliveries }),
    ...outOfBounds(scenario, proxy),
    // Redpanda names places of partitions, not of records.
    ...(scenario.dialect === "redpanda" ? [] : misplaced({ proxy, deliveries })),
    ...sentAgainWithoutCause(scenario, requests),
    ...(scenario.ordering === "strict" ? outOfOrder(scenario, requests) : []),
  ];
}

/** What counts as delivered is stored, whole; what is skipped is what must be. */
function lost(scenario: Scenario, { proxy, deliveries }: Run): string[] {
  const stored = new Set(proxy.stub.stored.map((record) => idsOf(record).record));
  const events = eventsOf(scenario);
  const broken =
    deliveries.length === events.length ? [] : [`${deliveries.length} deliveries of ${events.length} events`];
  for (const [place, event] of events.entries()) {
    const state = deliveries[place]?.state;
    if ((state === "skipped") !== (event.records === 0))
      broken.push(`event ${place} of ${event.records} records is ${state}`);
    if (state !== "delivered" && state !== "skipped" && state !== "dead")
      broken.push(`event ${place} ended as ${state}`);
    if (state !== "delivered") continue;
    for (const record of recordIdsOf(event, place))
      if (!stored.has(record)) broken.push(`${record} counts as delivered and is not stored`);
  }
  return broken;
}

/** A dead letter was refused for good or has used up its attempts, each on a request of its own, and bears the proxy's last words on it. */
function deadWithoutCause(scenario: Scenario, { proxy, deliveries }: Run): string[] {
  const { requests } = proxy;
  return deliveries.flatMap(({ state, event: { id }, attempts, history }, place) => {
    if (state !== "dead") return [];
    const broken: string[] = [];
    const failures = requests.filter((sent) =>
      sent.some(({ event, isAcknowledged }) => event === id && !isAcknowledged),
    );
    const tries = Math.min(attempts, failures.length);
    if (!proxy.hasRefused(id) && tries < ATTEMPTS) broken.push(`event ${id} is dead after ${tries} attempts`);
    const last = requests.findLastIndex((sent) => sent.some(({ event }) => event === id));
    const words = proxy.wordsOn(id, last);
    const text = JSON.stringify(history.at(-1));
    // Of an event with several records, the words on one may give way to a failure without words of another.
    if (eventsOf(scenario)[place]?.records === 1 && words !== undefined && !text.includes(words))
      broken.push(`event ${id} is dead without the words "${words}": ${text}`);
    return broken;
  });
}

/** The place that a delivered event bears is that of one of its records. */
function misplaced({ proxy, deliveries }: Run): string[] {
  const places = new Map<string, string>();
  for (const record of proxy.stub.stored)
    places.set(`partition ${record.partition}, offset ${record.offset}`, idsOf(record).event);
  return deliveries.flatMap(({ state, event: { id }, history }: DeliveryView) => {
    const place = history.at(-1)?.info?.detail;
    if (state !== "delivered" || place === undefined || places.get(place) === id) return [];
    return [`event ${id} is said to be at ${place}, where event ${places.get(place)} is`];
  });
}

/** Nothing is sent again unless an answer left one of the event's records open. */
function sentAgainWithoutCause(scenario: Scenario, requests: Requests): string[] {
  const events = eventsOf(scenario);
  const broken: string[] = [];
  const acknowledged = new Set<string>();
  const open = new Set<string>();
  for (const [index, request] of requests.entries()) {
    for (const { event, record } of request)
      if (acknowledged.has(record) && !open.has(event)) broken.push(`${record} is sent again in request ${index}`);
    const isClear = request.every(({ isAcknowledged }) => isAcknowledged);
    for (const { event, record, isAcknowledged } of request) {
      if (isAcknowledged) acknowledged.add(record);
      // What else the event has is held back if this request holds anything back.
      const isWhole = request.filter((sent) => sent.event === event).length === events[Number(event)]?.records;
      if (isAcknowledged && isWhole) open.delete(event);
      else if (!isAcknowledged || !isClear) open.add(event);
    }
    for (const { event, isAcknowledged } of request) if (!isAcknowledged) open.add(event);
  }
  return broken;
}

/**
 * In strict order, records are in the order of their events within a request, and an event is first sent when all before it were. While one waits for
 * another try, what was in its own request may have gone, and nothing else of later events goes.
 */
function outOfOrder(scenario: Scenario, requests: Requests): string[] {
  const broken: string[] = [];
  const order = eventsOf(scenario).flatMap(recordIdsOf);
  const rankOf = new Map(order.map((record, rank) => [record, rank]));
  const last = new Map<string, number>();
  for (const [index, request] of requests.entries()) for (const { record } of request) last.set(record, index);
  const everSent = new Set(last.keys());
  const expected = order.filter((record) => everSent.has(record));
  let first = 0;
  for (const [index, request] of requests.entries()) {
    const ranks = request.map(({ record }) => rankOf.get(record) ?? -1);
    if (ranks.some((rank, at) => at > 0 && rank <= ranks[at - 1]!)) broken.push(`request ${index} is not in order`);
    for (const { record } of request) {
      const at = expected.indexOf(record);
      if (at > first) broken.push(`${record} is sent in request ${index} before ${expected[first]} ever was`);
      if (at === first) first += 1;
    }
    const here = new Set(request.map(({ event }) => event));
    const oldest = Math.max(...request.map(({ event }) => Number(event)));
    for (const [record, at] of last) {
      const [event = ""] = record.split("/");
      if (Number(event) < oldest && at > index && !here.has(event) && isSentBy(event, index, requests))
        broken.push(`request ${index} holds event ${oldest} while ${record} waits until request ${at}`);
    }
  }
  return broken;
}

function isSentBy(event: string, index: number, requests: Requests): boolean {
  return requests.slice(0, index).some((request) => request.some((sent) => sent.event === event));
}

function outOfBounds({ maxRecords, maxBytes }: Scenario, { stub }: FaultyProxy): string[] {
  return stub.requests.flatMap(({ records, bytes }, index) => {
    const isWithin = records.length <= maxRecords && (bytes <= maxBytes || records.length === 1);
    return isWithin ? [] : [`request ${index} has ${records.length} records and ${bytes} bytes`];
  });
}
