import { once } from "node:events";
import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { httpTarget, type HttpTargetOptions, type OpenTarget, type TargetFault } from "../../src/index.ts";

export const OPTIONS: HttpTargetOptions = {
  read: ({ body }) => (body === "" ? [] : body.split(",").map((marker) => ({ marker }))),
};

export async function aTarget(options: Partial<HttpTargetOptions> = {}): Promise<OpenTarget> {
  const target = await httpTarget({ ...OPTIONS, ...options }).open();
  onTestFinished(() => target.close().catch(() => undefined));
  return target;
}

/** The headers of the answer, whose body is still to be read. */
export async function post(target: OpenTarget, body: string, agent: Agent | false = false): Promise<IncomingMessage> {
  const request = httpRequest(target.url, { method: "POST", agent, headers: { authorization: "Bearer key" } });
  const answered = once(request, "response");
  request.end(body);
  // What befalls the answer is told to whom reads it.
  request.on("error", () => undefined);
  const [response] = (await answered) as [IncomingMessage];
  return response;
}

export function playing(target: OpenTarget, fault: TargetFault): void {
  target.fault = () => fault;
}

export const markers = (items: OpenTarget["effects"]): readonly string[] => items.map(({ marker }) => marker);

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}
