import { readFileSync } from "node:fs";

/** What new plugins are made with, besides Bus: the ranges of this workspace's catalog, which a test compares. */
export const RANGES: Readonly<Record<string, string>> = {
  "@types/node": "^24.0.0",
  typescript: "~7.0.2",
  vitest: "^5.1.1",
  zod: "^4.6.7",
};

/** The template's package.json, with ranges in the place of `workspace:` and `catalog:`. */
export function withVersions(manifest: string): string {
  const own = `^${ownVersion()}`;
  return manifest.replaceAll(/"([^"]+)": "(workspace:\^|catalog:)"/g, (_, dependency: string, protocol: string) => {
    const range = protocol === "catalog:" ? RANGES[dependency] : own;
    if (range === undefined) throw new Error(`The template depends on ${dependency}, of which no range is known.`);
    return `"${dependency}": "${range}"`;
  });
}

/** All packages of Bus are released together, under one version. */
function ownVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
