import { expect, it } from "vitest";
import { createContacts } from "../contacts.ts";
import { enableWebhook, lagMs, lanesToLookAt, maintained } from "../lanes.ts";
import { isQuiet, settled } from "../settled.ts";
import { aStartedDesk } from "./a-started-desk.ts";

it("sends nothing while a receiver is maintained, and all of it afterwards, in order", async () => {
  const { bus, receiver, lane } = await aStartedDesk();

  await maintained(bus, lane, async () => {
    await createContacts(bus, 1);
    await settled(bus, ({ pending, leased }) => pending === 1 && leased === 0);
    const [held] = await lanesToLookAt(bus);
    expect(held).toMatchObject({
      ...lane,
      status: { state: "paused", reason: "maintenance of the receiver" },
      unfinished: 1,
    });
    expect(await lagMs(bus, lane, Date.now() + 60_000)).toBeGreaterThanOrEqual(60_000);
    expect(receiver.taken).toEqual([]);
  });
  await settled(bus, isQuiet);

  expect(receiver.taken).toEqual(["contact-1-created"]);
  expect(await lagMs(bus, lane, Date.now())).toBe(0);
});

it("resumes the lane also when the maintenance fails", async () => {
  const { bus, lane } = await aStartedDesk();

  const work = maintained(bus, lane, () => Promise.reject(new Error("The plug is stuck.")));

  await expect(work).rejects.toThrow("The plug is stuck.");
  expect(await lanesToLookAt(bus)).toEqual([]);
});

it("parks what a webhook is owed that says it is gone, and sends it once it is enabled", async () => {
  const { bus, receiver, lane } = await aStartedDesk();
  receiver.answer = { status: 410 };
  await createContacts(bus, 1);
  await settled(bus, ({ parked }) => parked === 1);
  receiver.answer = { status: 204 };

  // A lane is not the webhook: what is sent through it finds the webhook disabled still.
  await bus.lanes.enable(lane);
  await settled(bus, ({ parked }) => parked === 1);
  expect(receiver.taken).toEqual([]);

  await enableWebhook(bus, Number(lane.destination));
  await settled(bus, ({ pending, leased }) => pending + leased === 0);
  expect(receiver.taken).toEqual(["contact-1-created"]);
});
