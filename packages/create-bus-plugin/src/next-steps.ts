import { relative, sep } from "node:path";
import type { PluginChoices } from "./plugin-choices.ts";

/** What to do with the new package, in the package manager that has run us. */
export function nextSteps(
  { folder, kind }: PluginChoices,
  { cwd, userAgent = "" }: { readonly cwd: string; readonly userAgent?: string | undefined },
): string {
  const manager = /^(pnpm|yarn|bun)\//.exec(userAgent)?.[1] ?? "npm";
  const path = relative(cwd, folder);
  const commands = [...(path === "" ? [] : [`cd ${quoted(path)}`]), `${manager} install`, `${manager} run test`];
  return `${commands.map((command) => `  ${command}`).join("\n")}

Its tests are green from the start. They hold it to ${kind}Suite, the tests that every ${kind} passes:
change src/ into what you need, and see what they say.
`;
}

/** As the shell takes it for one word. That of Windows knows no single quotes. */
function quoted(path: string): string {
  if (/^[\w@./\\-]+$/.test(path)) return path;
  return sep === "\\" ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
