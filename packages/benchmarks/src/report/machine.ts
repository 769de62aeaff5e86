import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { BENCH_DIR, isInMemory } from "../scratch-directory.ts";

/** What the figures were got on. */
export function machine(): readonly string[] {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const place = isInMemory() ? "in memory, so that **no figure here says anything of a disk**" : "on a disk";
  const load = loadavg()[0] ?? 0;
  const isBusy = load > 0.5;
  return [
    `Node ${process.version}, ${platform()} ${release()}`,
    `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), ${gibibytes} GiB of memory; servers of the peers share them`,
    `load average before the first part ${load.toFixed(1)}${isBusy ? ": **others were at work, so these figures are too low and unsteady**" : ""}`,
    `files in ${BENCH_DIR}, ${place}`,
  ];
}
