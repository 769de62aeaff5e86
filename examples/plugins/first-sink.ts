// #region first
import { defineSink, delivered, retry } from "@bus/core";
import { z } from "zod";

/** Posts each event to a URL. */
export const firstSink = defineSink({
  name: "first",
  options: z.strictObject({ url: z.url() }),
  create: ({ options }) => ({
    deliver: async ([delivery], { signal }) => {
      const body = JSON.stringify(delivery?.event);
      const { ok, status } = await fetch(options.url, { method: "POST", body, signal });
      return [ok ? delivered({ status }) : retry(`The target answered ${status}.`, { info: { status } })];
    },
  }),
});
// #endregion first
