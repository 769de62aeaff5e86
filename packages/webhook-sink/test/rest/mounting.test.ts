import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { anApi } from "./an-api.ts";

const REQUEST = {
  method: "POST",
  headers: { authorization: "Bearer admin", "content-type": "application/json" },
  body: JSON.stringify({ webhook: { url: "https://a.example.com/hook" } }),
};

describe("the fetch handler in a Hono app of the host's", () => {
  it("is a route beside others", async () => {
    const { api } = await anApi();
    const app = new Hono();
    app.all("/api/v1/accounts/:account/webhooks/:id?", ({ req }) => api.fetch(req.raw));
    app.get("/api/v1/accounts/:account/labels", (context) => context.text("the host's own"));

    const made = await app.request("/api/v1/accounts/1/webhooks", REQUEST);
    const removed = await app.request("/api/v1/accounts/1/webhooks/1", { ...REQUEST, method: "DELETE" });
    const own = await app.request("/api/v1/accounts/1/labels");

    expect([made.status, removed.status, await own.text()]).toEqual([200, 200, "the host's own"]);
  });

  it("is mounted under a path that it does not see", async () => {
    const { api } = await anApi();
    const { fetch } = api;
    const app = new Hono().mount("/desk", fetch);

    const made = await app.request("/desk/api/v1/accounts/1/webhooks", REQUEST);

    expect(made.status).toBe(200);
  });

  it("says loudly that the host has read the body before it", async () => {
    const { api, errors } = await anApi();
    const app = new Hono();
    app.use(async ({ req }, next) => {
      await req.raw.text();
      await next();
    });
    app.all("/api/v1/*", ({ req }) => api.fetch(req.raw));

    const failed = await app.request("/api/v1/accounts/1/webhooks", REQUEST);

    expect(failed.status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("read before") })]);
  });
});
