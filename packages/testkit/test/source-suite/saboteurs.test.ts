import { sourceTests } from "../../src/source-suite/source-tests.ts";
import { saboteursAreComplete } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";

saboteursAreComplete(
  sourceTests.map(({ name }) => name),
  saboteurs,
);
