import { describe } from "vitest";

import { killMatrix } from "./kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";

describe("a store in memory that", () => {
  killMatrix(
    saboteurs.filter(({ on }) => on !== "sqlite"),
    1,
  );
});
