import { copyFileSync, existsSync, renameSync } from "node:fs";

// #region restore
/** Puts a backup in the place of the database, which stays as `<path>.old`. No process may have the file open. */
export function restore(backup: string, path: string): void {
  // A log that is left beside the backup would be taken for its own.
  for (const suffix of ["", "-wal", "-shm"])
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${path}.old${suffix}`);
  copyFileSync(backup, path);
}
// #endregion restore
