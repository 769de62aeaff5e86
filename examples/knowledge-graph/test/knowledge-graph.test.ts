import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { kafkaRestStub, type KafkaRestStub } from "@bus/testkit";
import { expect, it, onTestFinished } from "vitest";
import { makeBus, type ChatBus } from "../bus.ts";
import { users } from "../chat-data.ts";
import { Preferences } from "../preferences.ts";
import { publishDirectory, publishMessages } from "../publish-chat.ts";
import { settled } from "../settled.ts";
import { UserTags } from "../user-tags.ts";

const TOKEN = "kg-token-1";

it(
  "feeds the graph through an outage, shows the tags it gets back, and ends by itself",
  { timeout: 30_000 },
  async () => {
    const { code, errors, output } = await outcomeOfTheChat();

    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output.split("\n").length).toBeLessThanOrEqual(40);
    expect(output).toContain("The proxy answered 503");
    expect(output).toContain("0 of them have reached the graph.");
    expect(output).toContain("New in the graph: 9 Message, in the order in which they were written.");
    expect(output).toContain("The chat answers 200, and has published 0 events for it.");
    expect(output).toContain("18 events delivered, 4 skipped, 0 lost.");
    expect(output).toMatch(/^ +Jane Doe +all +5 +5 +kafka 0\.8, graph 0\.2$/m);
    expect(output).toMatch(/^ +Ana Lima +all +2 +2 +budget 0\.67, hiring 0\.33$/m);
    expect(output).toMatch(/^ +John Roe +metadata +2 +0 +none$/m);
    expect(output).toMatch(/^ +Mia Wolf +nothing +0 +0 +none$/m);
    expect(output).toMatch(/^ +1 user\.created: the user shares nothing$/m);
    expect(output).toMatch(/^ +2 message\.created: the author shares nothing$/m);
    expect(output).toMatch(/^ +1 message\.created: the message has no author$/m);
  },
);

it("sends the records of the contract, its own users among them", async () => {
  const { bus, kafka } = await aStartedChat();

  await publishDirectory(bus);
  await publishMessages(bus);
  await settled(bus);

  const stored = kafka.stored.map(({ key, value }) => JSON.stringify({ key, value }));
  const wanted = Object.values(fixture("records")).map((record) => JSON.stringify(record));
  expect(stored).toEqual(expect.arrayContaining(wanted));
});

it("sends nothing of a user who shares nothing, and no text of one who shares metadata", async () => {
  const { bus, kafka } = await aStartedChat();

  await publishDirectory(bus);
  await publishMessages(bus);
  await settled(bus);

  const sent = JSON.stringify(kafka.requests);
  expect(sent).toContain("the first #kafka is full");
  for (const hidden of ["mia.wolf@example.com", "#layoffs", "why a second #kafka?"]) expect(sent).not.toContain(hidden);
});

it("finds its user by what the contract's push says", async () => {
  const { bus, tags } = await aStartedChat();

  const { status } = await fetch(String(bus.sources.tags.url), {
    method: "POST",
    headers: { authorization: `Token ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(fixture("push")),
  });

  const [jane, ana] = users.keys();
  expect(status).toBe(200);
  expect(tags.of(jane!)).toEqual([
    { value: "kafka", weight: 0.8 },
    { value: "graph", weight: 0.2 },
  ]);
  expect(tags.of(ana!)).toEqual([]);
});

async function outcomeOfTheChat(): Promise<{ output: string; errors: string; code: unknown }> {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const chat = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void chat.kill("SIGKILL"));
  const [output, errors, [code]] = await Promise.all([text(chat.stdout), text(chat.stderr), once(chat, "exit")]);
  return { output, errors, code };
}

async function aStartedChat(): Promise<{ bus: ChatBus; kafka: KafkaRestStub; tags: UserTags }> {
  const folder = mkdtempSync(join(tmpdir(), "knowledge-graph-"));
  const kafka = await kafkaRestStub();
  const preferences = new Preferences();
  for (const [user, sharing] of users) preferences.choose(user.id, sharing);
  const bus = makeBus({ path: join(folder, "bus.db"), proxyUrl: kafka.url, token: TOKEN, preferences });
  onTestFinished(async () => {
    await bus.stop();
    await kafka.close();
    rmSync(folder, { recursive: true });
  });
  const tags = new UserTags(bus, users.keys());
  await bus.start();
  return { bus, kafka, tags };
}

function fixture(name: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(new URL(`../../../docs/spec/fixtures/kg/${name}.json`, import.meta.url), "utf8"));
}
