import { createBus, defineSink, defineSource } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder } from "./builders.ts";

const SECRET = "sk-very-secret";
const options = z.object({ token: z.string() });
const crm = defineSink({ name: "crm-sink", options, create: () => ({ deliver: () => [] }) });
const tags = defineSource({ name: "tag-source", options, create: () => ({ start: () => undefined }) });

function aBus() {
  return createBus({
    name: "shop",
    events: { "order.paid": z.number(), "order.sent": z.number(), "user.left": z.number() },
    sinks: { crm: crm({ token: SECRET }), log: aRecorder().sink },
    sources: { tags: tags({ token: SECRET }) },
    routes: [
      { on: "order.*", to: "crm" },
      { on: "order.paid", to: "log", where: () => true, map: () => ({ type: "x", data: SECRET }) },
    ],
  });
}

describe("bus.inspect()", () => {
  it("shows the wiring before the bus has started", () => {
    const bus = aBus();

    const inspection = bus.inspect();

    expect(bus.state).toBe("idle");
    expect(inspection).toEqual({
      name: "shop",
      store: "memory",
      sources: [{ name: "tags", plugin: "tag-source" }],
      sinks: [
        { name: "crm", plugin: "crm-sink" },
        { name: "log", plugin: "recorder" },
      ],
      events: [
        {
          type: "order.paid",
          to: [
            { sink: "crm", isFiltered: false, isMapped: false },
            { sink: "log", isFiltered: true, isMapped: true },
          ],
        },
        { type: "order.sent", to: [{ sink: "crm", isFiltered: false, isMapped: false }] },
        { type: "user.left", to: [] },
      ],
    });
  });

  it("draws it as text", () => {
    expect(String(aBus().inspect())).toBe(
      [
        "shop (memory store)",
        "  tags (tag-source) ──▶ bus",
        "  order.paid",
        "    ──▶ crm",
        "    where map ──▶ log",
        "  order.sent",
        "    ──▶ crm",
        "  user.left (listeners only)",
      ].join("\n"),
    );
  });

  it("holds no option of a plugin, which may be a secret", () => {
    const inspection = aBus().inspect();

    expect(JSON.stringify(inspection) + String(inspection)).not.toContain(SECRET);
  });
});
