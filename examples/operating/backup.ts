// #region backup
import { DatabaseSync } from "node:sqlite";

const [from = "", to = ""] = process.argv.slice(2);
const source = new DatabaseSync(from, { readOnly: true });
source.prepare("VACUUM INTO ?").run(to);
source.close();

// A backup that nobody has read is a hope.
const copy = new DatabaseSync(to, { readOnly: true });
const [check] = copy.prepare("PRAGMA integrity_check").all();
const [{ events } = { events: 0 }] = copy.prepare("SELECT count(*) AS events FROM bus_events").all();
copy.close();
console.log(`${to}: ${String(check?.integrity_check)}, ${String(events)} events`);
process.exitCode = check?.integrity_check === "ok" ? 0 : 1;
// #endregion backup
