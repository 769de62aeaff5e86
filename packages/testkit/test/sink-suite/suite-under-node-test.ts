import { test } from "node:test";
import { sinkSuite } from "../../src/index.ts";
import { trackerSubject } from "./reference-sink.ts";

sinkSuite({ test, ...trackerSubject });
