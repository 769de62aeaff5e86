import { defineSource, type Publisher, type SourcePlugin } from "@bus/core";
import { z } from "zod";
import { httpUpstream, type SourceSuiteOptions } from "../../src/index.ts";

interface PlainApi {
  fetch(request: Request): Promise<Response>;
}

/** A source that has no secret, knows nothing of ids, and leaves the size of what comes to the server before it. */
const plainSource: (options: {}) => SourcePlugin<PlainApi> = defineSource({
  name: "plain",
  options: z.strictObject({}),
  create: () => {
    const underWay = new Set<Promise<Response>>();
    let publisher: Publisher | undefined;
    let isStopping = (): boolean => true;
    const serve = async (request: Request): Promise<Response> => {
      if (isStopping()) return new Response(null, { status: 503 });
      try {
        await publisher?.publish("note.taken", { text: await request.text() });
        return new Response();
      } catch {
        return new Response(null, { status: 503 });
      }
    };
    return {
      api: {
        fetch: (request) => {
          const answer = serve(request);
          underWay.add(answer);
          void answer.finally(() => underWay.delete(answer));
          return answer;
        },
      },
      start: (given, { signal }) => {
        publisher = given;
        isStopping = () => signal.aborted;
      },
      stop: async () => void (await Promise.all(underWay)),
    };
  },
});

const upstream = httpUpstream<PlainApi>({
  body: ({ marker }) => marker,
  headers: () => ({ "content-type": "text/plain" }),
  faults: [],
  send: (request, api) => api.fetch(request),
});

/** What its author would hand to `sourceSuite`. */
export const plainSubject: Omit<SourceSuiteOptions, "test"> = {
  create: (_, extra) => plainSource(extra),
  upstream,
  type: "note.taken",
  ids: false,
  secret: false,
};
