import { describe } from "vitest";
import { killMatrix } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";
import { trialsOf } from "./source-trials.ts";

describe("a source that", () => {
  killMatrix(saboteurs, trialsOf, { part: 1, of: 2 });
});
