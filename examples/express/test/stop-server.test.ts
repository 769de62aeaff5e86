import { keptConnectionTest, limitTest } from "ticket-desk/test/server-stop-tests.ts";
import { stopServer } from "../stop-server.ts";

limitTest(stopServer);
keptConnectionTest(stopServer);
