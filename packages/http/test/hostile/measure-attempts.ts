/**
 * Makes requests in a process of its own, where all the memory that they take is theirs, and prints what each took at most.
 * Arguments: the transport's name, the server's URL, then the paths to ask for.
 */
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { gotTransport, undiciTransport } from "../../src/index.ts";

export interface Attempt {
  readonly path: string;
  readonly fate: string;
  /** The most that it took beyond what was taken before. */
  readonly megabytes: number;
}

const [name = "", url = "", ...paths] = process.argv.slice(2);
const make = { got: gotTransport, undici: undiciTransport }[name];
if (make === undefined || gc === undefined)
  throw new Error("usage: node --expose-gc measure-attempts.ts <transport> <url> <paths>");
const collect = gc;
const transport = make({ allow: ["127.0.0.1"] });

/** Never collected: a request's own body is not what is measured. */
const large = Buffer.alloc(50_000_000, "x");

async function attempt(path: string): Promise<string> {
  const body = path.startsWith("/large") ? large : "{}";
  try {
    const { status, isTruncated } = await transport.request({
      method: "POST",
      url: url + path,
      body,
      deadlineMs: path === "/large" ? 5_000 : 300,
    });
    return `${status}${isTruncated ? ", cut" : ""}`;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

function taken(): { resident: number; used: number } {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, used: heapUsed + external };
}

async function measured(path: string): Promise<Attempt> {
  collect();
  await turnOfTheLoop();
  collect();
  const before = taken();
  const highestBefore = process.resourceUsage().maxRSS;
  const peak = { ...before };
  const sample = () => {
    const now = taken();
    peak.resident = Math.max(peak.resident, now.resident);
    peak.used = Math.max(peak.used, now.used);
  };
  const sampler = setInterval(sample, 1);
  const fate = await attempt(path);
  sample();
  clearInterval(sampler);
  // The kernel also saw what falls between two samples, if it was higher than ever.
  const highest = process.resourceUsage().maxRSS;
  if (highest > highestBefore) peak.resident = Math.max(peak.resident, highest * 1024);
  const bytes = Math.max(peak.resident - before.resident, peak.used - before.used);
  return { path, fate, megabytes: bytes / 1e6 };
}

// What the process takes once, for code and pools, is no attempt's.
for (let turn = 0; turn < 50; turn += 1) await attempt("/ok");
const attempts: Attempt[] = [];
for (const path of paths) for (let turn = 0; turn < 2; turn += 1) attempts.push(await measured(path));
await transport.stop();
process.stdout.write(JSON.stringify(attempts));
