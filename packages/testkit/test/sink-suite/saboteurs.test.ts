import { sinkTests } from "../../src/sink-suite/sink-tests.ts";
import { saboteursAreComplete } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";

saboteursAreComplete(
  sinkTests.map(({ name }) => name),
  saboteurs,
);
