const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * Makes UUIDs, version 7 (RFC 9562): sorted by time, and within one millisecond by a counter, as one process made them.
 */
export function eventIds(random: () => number): (now: number) => string {
  let lastMs = 0;
  let counter = 0;
  let time = "";
  const goTo = (ms: number): void => {
    lastMs = ms;
    const hex = ms.toString(16).padStart(12, "0");
    time = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  };
  return (now) => {
    if (now > lastMs) {
      goTo(Math.floor(now));
      counter = Math.floor(random() * 0x400);
    } else if (++counter > 0xfff) {
      goTo(lastMs + 1);
      counter = 0;
    }
    const a = Math.floor(random() * 2 ** 32);
    const b = Math.floor(random() * 2 ** 32);
    return (
      `${time}${HEX[counter >>> 8]?.[1]}${HEX[counter & 0xff]}-` +
      `${HEX[0x80 | ((a >>> 24) & 0x3f)]}${HEX[(a >>> 16) & 0xff]}-` +
      `${HEX[(a >>> 8) & 0xff]}${HEX[a & 0xff]}${HEX[b >>> 24]}${HEX[(b >>> 16) & 0xff]}${HEX[(b >>> 8) & 0xff]}${HEX[b & 0xff]}`
    );
  };
}
