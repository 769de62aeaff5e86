import { describe } from "vitest";
import { killMatrix } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";
import { trialsOf } from "./store-trials.ts";

describe("a store on disk that", () => {
  const all = saboteurs.filter(({ on }) => on === "sqlite");
  killMatrix(all, trialsOf, { part: 1, of: 2 });
});
