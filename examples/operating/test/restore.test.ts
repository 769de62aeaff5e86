import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { restore } from "../restore.ts";
import { aFolder } from "./a-started-desk.ts";

describe("restore", () => {
  it("puts the backup in the place of the database, and keeps that with its log", () => {
    const folder = aDatabase();
    const backup = aBackup();

    restore(backup, join(folder, "desk.db"));

    expect(contents(folder)).toEqual({ "desk.db": "backup", "desk.db.old": "live", "desk.db.old-wal": "log" });
    expect(existsSync(backup)).toBe(true);
  });

  it("puts the backup where there is no database any more", () => {
    const folder = aFolder();

    restore(aBackup(), join(folder, "desk.db"));

    expect(contents(folder)).toEqual({ "desk.db": "backup" });
  });

  it("leaves the database as it is when the backup cannot be copied", () => {
    const folder = aDatabase();

    expect(() => restore("no-such-backup.db", join(folder, "desk.db"))).toThrow("ENOENT");

    expect(contents(folder)).toEqual({ "desk.db": "live", "desk.db-wal": "log" });
  });

  it.each(["desk.db.old", "desk.db.old-wal"])("refuses while %s is there, and changes nothing", (kept) => {
    const folder = aDatabase();
    writeFileSync(join(folder, kept), "older");

    expect(() => restore(aBackup(), join(folder, "desk.db"))).toThrow(`${kept} is left from another restore`);

    expect(contents(folder)).toEqual({ "desk.db": "live", "desk.db-wal": "log", [kept]: "older" });
  });
});

/** A folder with a database and its log. */
function aDatabase(): string {
  const folder = aFolder();
  writeFileSync(join(folder, "desk.db"), "live");
  writeFileSync(join(folder, "desk.db-wal"), "log");
  return folder;
}

function aBackup(): string {
  const backup = join(aFolder(), "backup.db");
  writeFileSync(backup, "backup");
  return backup;
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}
