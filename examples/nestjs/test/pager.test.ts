import { expect, it, vi } from "vitest";
import { Pager } from "../src/pager.ts";
import { aDesk } from "./a-desk.ts";

it("pages who is on duty, by the application's own service", async () => {
  const { acme, app } = await aDesk();
  const page = vi.spyOn(app.get(Pager), "page");

  await acme.openTicket({ subject: "No paper" });

  await expect.poll(() => page.mock.calls).toEqual([["support: No paper"]]);
});
