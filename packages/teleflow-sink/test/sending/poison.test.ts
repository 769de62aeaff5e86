import { expect, it } from "vitest";
import { allProcessed, anError } from "../calls/a-service.ts";
import { aSender, someTriggers } from "../sending/a-sender.ts";

it("several that are at fault and named are each asked for alone", async () => {
  const { send, idsByRequest } = await aSender((request) => {
    const named = request.ids.flatMap((id, index) => ("bc".includes(id) ? [`Event at index ${index}: no`] : []));
    return named.length > 0 ? anError(400, named) : allProcessed(request);
  });

  const verdicts = await send(someTriggers("abcd"));

  expect(verdicts.map(({ kind }) => kind)).toEqual(["processed", "refused", "refused", "processed"]);
  expect(idsByRequest()).toEqual([["a", "b", "c", "d"], ["a", "d"], ["b"], ["c"]]);
});
