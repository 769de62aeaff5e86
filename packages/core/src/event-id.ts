const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Makes UUIDs, version 7 (RFC 9562): sorted by time, and within one millisecond by a counter, as one process made them.
 */
export function eventIds(random: () => number): (now: number) => string {
  let lastMs = 0;
  let counter = 0;
  return (now) => {
    if (now > lastMs) {
      lastMs = Math.floor(now);
      counter = Math.floor(random() * 0x400);
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const a = Math.floor(random() * 2 ** 32);
    const b = Math.floor(random() * 2 ** 32);
    return (
      `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-` +
      `${HEX[0x80 | ((a >>> 24) & 0x3f)]}${HEX[(a >>> 16) & 0xff]}-` +
      `${HEX[(a >>> 8) & 0xff]}${HEX[a & 0xff]}${HEX[b >>> 24]}${HEX[(b >>> 16) & 0xff]}${HEX[(b >>> 8) & 0xff]}${HEX[b & 0xff]}`
    );
  };
}
