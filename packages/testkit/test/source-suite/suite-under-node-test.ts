import { test } from "node:test";

import { sourceSuite } from "../../src/index.ts";
import { pollingSubject } from "./polling-source.ts";

sourceSuite({ test, ...pollingSubject });
