import { storeTests } from "../../src/store-suite/store-tests.ts";
import { saboteursAreComplete } from "../kill-matrix.ts";
import { saboteurs } from "./saboteurs.ts";

saboteursAreComplete(
  storeTests.map(({ name }) => name),
  saboteurs,
);
