import { gotTransport, undiciTransport, type HttpTransport } from "@bus/http";
import { inFlight } from "../../in-flight.ts";
import { MESSAGE_BODY, MESSAGE_HEADERS } from "../message.ts";
import { IN_FLIGHT, type Sender } from "./sender.ts";

const ALLOW = ["127.0.0.1"];
const DEADLINE_MS = 15_000;

export async function onlyGotTransport(): Promise<Sender> {
  return onlyTransport("gotTransport", gotTransport);
}

export async function onlyUndiciTransport(): Promise<Sender> {
  return onlyTransport("undiciTransport", undiciTransport);
}

function onlyTransport(name: string, make: () => HttpTransport): Sender {
  return {
    name: `${name} alone`,
    conditions: `the transport of \`@bus/http\` without a bus: posts the same body ${IN_FLIGHT} at a time behind the address guard, with headers checked, a deadline, and the answer capped.`,
    async open(url) {
      const http = make();
      const request = {
        method: "POST",
        url,
        headers: MESSAGE_HEADERS,
        body: MESSAGE_BODY,
        deadlineMs: DEADLINE_MS,
        allow: ALLOW,
      } as const;
      return { send: (count) => inFlight(IN_FLIGHT, count, () => http.request(request)), close: () => http.stop() };
    },
    close: async () => {},
  };
}
