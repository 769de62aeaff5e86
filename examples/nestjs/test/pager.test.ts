import { aDesk } from "ticket-desk/test/a-desk.ts";
import { expect, it, vi } from "vitest";
import { Pager } from "../src/pager.ts";
import { openDesk } from "./open-desk.ts";

it("pages who is on duty, by the application's own service", async () => {
  const { acme, app } = await aDesk(openDesk);
  const page = vi.spyOn(app.get(Pager), "page");

  await acme.openTicket({ subject: "No paper" });

  await expect.poll(() => page.mock.calls).toEqual([["support: No paper"]]);
});
