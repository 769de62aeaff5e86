import { pluginNameOf } from "./package-name.ts";

/** Puts a package's own names in the place of those that the template has: each is spelled so that it is no part of another word. */
export function spelledFor(packageName: string): (text: string) => string {
  const kebab = pluginNameOf(packageName);
  const pascal = kebab.replaceAll(/(?:^|-+)([a-z0-9]?)/g, (_, first: string) => first.toUpperCase());
  const names: Readonly<Record<string, string>> = {
    "my-package": packageName,
    "my-target": kebab,
    MyTarget: pascal,
    myTarget: pascal.charAt(0).toLowerCase() + pascal.slice(1),
  };
  return (text) => text.replaceAll(/my-package|my-target|MyTarget|myTarget/g, (name) => names[name] ?? name);
}
