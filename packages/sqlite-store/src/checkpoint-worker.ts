import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import type { CheckpointMessage } from "./checkpointer.ts";

// The other end of checkpointer.ts.
const { path } = workerData as { readonly path: string };
const database = new Database(path, { fileMustExist: true });
const writeBack = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");

parentPort?.on("message", (message: CheckpointMessage) => {
  if (message === "stop") {
    database.close();
    parentPort?.close();
  } else {
    writeBack.get();
    parentPort?.postMessage("done");
  }
});
