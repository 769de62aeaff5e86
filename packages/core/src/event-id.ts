/** Of the counter of one millisecond, as three hexadecimal digits. */
const COUNTS = Array.from({ length: 0x1000 }, (_, count) => count.toString(16).padStart(3, "0"));

/**
 * Makes UUIDs, version 7 (RFC 9562): sorted by time, and within one millisecond by a counter, as one process made them. The random bits are drawn anew each
 * millisecond: they tell processes apart, the counter the ids of one.
 */
export function eventIds(random: () => number): (now: number) => string {
  let lastMs = -1;
  let count = 0;
  let head = "";
  let tail = "";
  const goTo = (ms: number): void => {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, "0");
    head = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
    const variant = (0x8000 | (random() * 0x4000)).toString(16);
    const node = Math.floor(random() * 2 ** 48).toString(16);
    tail = `-${variant}-${node.padStart(12, "0")}`;
  };
  return (now) => {
    const ms = Math.max(Math.floor(now), 0);
    if (ms > lastMs) {
      goTo(ms);
      count = Math.floor(random() * 0x400);
    } else if (++count > 0xfff) {
      goTo(lastMs + 1);
      count = 0;
    }
    return `${head}${COUNTS[count]}${tail}`;
  };
}
