import { readFileSync } from "node:fs";

/** "mitt 3.0.1". Past `exports`, which in some packages hides package.json. */
export function versionOf(name: string): string {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return `${name} ${version}`;
}
