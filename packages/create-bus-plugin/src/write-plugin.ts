import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { packageNameFault } from "./package-name.ts";
import type { PluginChoices, PluginForm } from "./plugin-choices.ts";
import { Refusal } from "./refusal.ts";
import { spelledFor } from "./spelled.ts";
import { withVersions } from "./versions.ts";

const TEMPLATE = join(import.meta.dirname, "../template");

/**
 * Names that a file of the template cannot have where it is: npm packs no .gitignore, takes a package.json for that of a package, and the tests of the
 * template are no tests of its repository.
 */
const RENAMED: Readonly<Record<string, string>> = {
  gitignore: ".gitignore",
  "manifest.json": "package.json",
  tests: "test",
};

/**
 * Writes the package of a new plugin, and tells its files, with "/" in their paths. Installs nothing.
 *
 * @throws {Refusal} for a folder that is not empty, or a name that npm does not take: nothing was written
 */
export function writePlugin({ folder, kind, form, name }: PluginChoices): readonly string[] {
  const fault = packageNameFault(name) ?? folderFault(folder);
  if (fault !== undefined) throw new Refusal(`${fault}.`);
  const spelled = spelledFor(name);
  const written = ["shared", kind].flatMap((part) =>
    filesOf(join(TEMPLATE, part), form).map(({ from, to }) => {
      const text = spelled(readFileSync(join(TEMPLATE, part, from), "utf8"));
      const path = spelled(to);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), path === "package.json" ? withVersions(text) : text);
      return path;
    }),
  );
  return written.toSorted();
}

/** Why nothing can be written there; undefined when it can. */
export function folderFault(folder: string): string | undefined {
  try {
    // A repository that has just been made is where a new package belongs.
    return readdirSync(resolve(folder)).some((name) => name !== ".git")
      ? `The folder ${folder} is not empty: choose another one, or empty it`
      : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") return `${folder} is no folder: choose another one`;
    throw error;
  }
}

/** The files of a part of the template. `x.class.ts` is what `x.ts` is in the other form. */
function filesOf(part: string, form: PluginForm): readonly { readonly from: string; readonly to: string }[] {
  const files = readdirSync(part, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(part.length + 1)
        .replaceAll("\\", "/"),
    );
  const classes = new Set(files.filter((file) => CLASS_FORM.test(file)));
  const classOf = (file: string): string => file.replace(/(\.\w+)$/, ".class$1");
  return files
    .filter((file) => !classes.has(file))
    .map((file) => ({ from: form === "class" && classes.has(classOf(file)) ? classOf(file) : file, to: placed(file) }));
}

const CLASS_FORM = /\.class\.\w+$/;

function placed(file: string): string {
  return file
    .split("/")
    .map((step) => RENAMED[step] ?? step)
    .join("/");
}
