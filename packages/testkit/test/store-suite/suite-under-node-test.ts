import { test } from "node:test";

import { memoryStore } from "@bus/core";
import { storeSuite } from "../../src/index.ts";

storeSuite({ test, create: () => memoryStore() });
