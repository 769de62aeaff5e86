import { rejected } from "@bus/core";
import { asTaken, itemsOf, saying, sending } from "../altered.ts";
import { markerOf } from "../reference-sink.ts";
import type { SinkSaboteur } from "../saboteur.ts";

/** More requests than any other test makes. */
const MANY = 80;

const BOTH = [
  "delivers a thousand events across a restart while a tenth of the requests fails",
  "delivers a thousand events while a tenth of the requests fails",
];

const nth = (): (() => boolean) => {
  let count = 0;
  return () => (count += 1) % MANY === 0;
};

export const endurance: readonly SinkSaboteur[] = [
  {
    name: "forgets one request in many",
    caughtBy: BOTH,
    http: (right) => {
      const isForgotten = nth();
      return sending(async (request, send) => {
        if (itemsOf(request) === 0 || !isForgotten()) return send(request);
        return asTaken({ status: 200, headers: {}, body: new Uint8Array(), isTruncated: false, latencyMs: 0 }, request);
      })(right);
    },
  },
  {
    name: "sends one request in many twice",
    caughtBy: BOTH,
    http: (right) => {
      const isRepeated = nth();
      return sending(async (request, send) => {
        if (itemsOf(request) > 0 && isRepeated()) await send(request);
        return send(request);
      })(right);
    },
  },
  {
    name: "gives up what fails after it has sent a hundred",
    caughtBy: BOTH,
    sink: saying((outcome, delivery) => {
      const isOfMany = /^item-\d{3}$/.test(markerOf(delivery));
      return outcome.kind === "retry" && isOfMany ? rejected("It has been enough.") : outcome;
    }),
  },
];
