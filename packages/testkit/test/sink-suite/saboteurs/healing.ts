import { once } from "node:events";
import { connect } from "node:net";
import { disable, rejected, retry, type Outcome } from "@bus/core";
import { saying } from "../altered.ts";
import type { SinkSaboteur } from "../saboteur.ts";

/** No run of the suite fails so often in a row by chance. */
const ROW = 6;

const isRefused = (outcome: Outcome): boolean => outcome.kind === "retry" && outcome.reason.includes("ECONNREFUSED");

export const healing: readonly SinkSaboteur[] = [
  {
    name: "does not start without its target",
    caughtBy: [
      "delivers after a restart what it could not before",
      "starts while its target is down, and delivers once it is up",
    ],
    sink: (_, { options }) => ({
      start: async () => {
        const { hostname, port } = new URL(options.url);
        const socket = connect(Number(port), hostname);
        await once(socket, "connect");
        socket.destroy();
      },
    }),
  },
  {
    name: "does not connect again once it has lost its target",
    caughtBy: ["delivers again after its target was down for a while"],
    sink: (right) => {
      let hasDelivered = false;
      let isLost = false;
      return {
        deliver: async (batch, context) => {
          if (isLost) return batch.map(() => retry("The connection is lost."));
          const outcomes = await right.deliver(batch, context);
          isLost = hasDelivered && outcomes.some(isRefused);
          hasDelivered ||= outcomes.some(({ kind }) => kind === "delivered");
          return outcomes;
        },
      };
    },
  },
  {
    name: "disables its lane after many failures in a row",
    caughtBy: ["goes on by itself after many failures in a row"],
    sink: (right) => {
      let row = 0;
      return {
        deliver: async (batch, context) => {
          const outcomes = await right.deliver(batch, context);
          row = outcomes.some(({ kind }) => kind === "retry") ? row + 1 : 0;
          return row < ROW ? outcomes : batch.map(() => disable("Nothing works there."));
        },
      };
    },
  },
  {
    name: "gives up what failed before a restart when it fails again",
    caughtBy: ["delivers after a restart what it could not before"],
    sink: (right) => {
      const tried = new Set<string>();
      return {
        deliver: async (batch, context) => {
          const outcomes = await right.deliver(batch, context);
          return batch.map(({ id, attempt }, index) => {
            const isOld = attempt > 1 && !tried.has(id);
            tried.add(id);
            return isOld && isRefused(outcomes[index]!) ? rejected("It has failed before.") : outcomes[index]!;
          });
        },
      };
    },
  },
  {
    name: "gives up what it cannot send because nobody listens",
    caughtBy: [
      "delivers after a restart what it could not before",
      "delivers again after its target was down for a while",
      "has the right outcome for a target that refuses connections",
      "starts while its target is down, and delivers once it is up",
    ],
    sink: saying((outcome) => (isRefused(outcome) ? rejected("Nobody listens.") : outcome)),
  },
];
