import { describe } from "vitest";

import { killMatrix } from "./kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";

describe("a store on disk that", () => {
  killMatrix(
    saboteurs.filter(({ on }) => on === "sqlite"),
    1,
  );
});
