import { afterEach, expect, it } from "vitest";
import { SinkBench } from "../../src/sink-suite/sink-bench.ts";
import { subjectOf } from "./saboteur.ts";

const benches: SinkBench[] = [];

afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.close())));

it("gives up a sink whose start does not end", async () => {
  const subject = subjectOf({
    name: "never starts",
    caughtBy: [],
    sink: () => ({ start: () => new Promise(() => undefined) }),
  });
  const bench = new SinkBench(subject, await subject.target.open());
  benches.push(bench);

  await expect(bench.start()).rejects.toThrow("It did not come to be that the bus has started.");
});
