import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Lets go of what nothing holds any more, without a flag at Node's start. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
}
