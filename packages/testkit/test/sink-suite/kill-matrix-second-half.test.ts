import { describe } from "vitest";
import { killMatrix } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";
import { trialsOf } from "./sink-trials.ts";

describe("a sink that", () => {
  killMatrix(saboteurs, trialsOf, { part: 1, of: 2 });
});
