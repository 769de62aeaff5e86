import { copyFileSync, existsSync, renameSync } from "node:fs";

// #region restore
/** Puts a backup in the place of the database, which stays as `<path>.old`. No process may have the file open. */
export function restore(backup: string, path: string): void {
  const files = ["", "-wal", "-shm"].map((suffix) => ({ from: path + suffix, to: `${path}.old${suffix}` }));
  const kept = files.find(({ to }) => existsSync(to));
  if (kept) throw new Error(`${kept.to} is left from another restore: move it away, or delete it.`);
  // Before anything is moved: a copy can fail.
  copyFileSync(backup, `${path}.new`);
  // A log that is left beside the backup would be taken for its own.
  for (const { from, to } of files) if (existsSync(from)) renameSync(from, to);
  renameSync(`${path}.new`, path);
}
// #endregion restore
