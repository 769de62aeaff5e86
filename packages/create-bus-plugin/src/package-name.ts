import { builtinModules } from "node:module";
import { basename, resolve } from "node:path";

const LONGEST = 214;
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const TAKEN = new Set([...builtinModules, "node_modules", "favicon.ico"]);

/** Why npm, or a plugin, cannot have the name; undefined when they can. */
export function packageNameFault(name: string): string | undefined {
  if (!PACKAGE_NAME.test(name))
    return `"${name}" is no package name: write lower-case letters, digits, "-", "." and "_", such as crm-sink or @acme/crm-sink`;
  if (name.length > LONGEST) return `"${name}" is no package name: it has more than ${LONGEST} characters`;
  if (TAKEN.has(name)) return `"${name}" is no package name: it is taken by Node.js or npm`;
  if (!/^[a-z]/.test(unscoped(name))) return `"${name}" does not begin with a letter, as what it exports must`;
  return undefined;
}

/** What a package in this folder is called unless somebody says otherwise. */
export function defaultName(folder: string): string {
  return basename(resolve(folder)).toLowerCase();
}

/** What the plugin is called among others of its kind: `crm` of `@acme/bus-crm-sink`. */
export function pluginNameOf(packageName: string): string {
  const name = unscoped(packageName).replaceAll(/[._~]+/g, "-");
  return name.replace(/^bus-(?=[a-z])/, "").replace(/(?<=.)-(?:sink|source)-*$/, "");
}

function unscoped(name: string): string {
  return name.replace(/^@.*\//, "");
}
