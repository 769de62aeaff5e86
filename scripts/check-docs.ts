/**
 * Checks the `ts` blocks of the READMEs and of docs/. One below `<!-- path/of/file.ts#name -->` must be the region `name` of that file, which
 * runs, as every one of a guide must that has more than three lines. All others are type-checked, as a reader would paste them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
// Beneath core's dependencies, so that the blocks find zod, and vitest further up.
const folder = join(root, "packages/core/node_modules/.cache/docs");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const pages = globSync(["README.md", "packages/*/README.md", "examples/*/README.md", "docs/**/*.md"], {
  cwd: root,
  // What others wrote, what is generated, and the site.
  exclude: ["**/node_modules/**", "docs/reference/api/**", "docs/.vitepress/**"],
});
const files: string[] = [];
const faults: string[] = [];
let regions = 0;
for (const page of pages) {
  const text = readFileSync(join(root, page), "utf8");
  for (const match of text.matchAll(/^(?:<!-- (\S+)#(\S+) -->\n+)?```ts\n(.*?)^```$/gms)) {
    const [, source, name, block = ""] = match;
    const place = `${page}:${text.slice(0, match.index).split("\n").length}`;
    if (source !== undefined && name !== undefined) {
      const region = regionOf(source, name);
      regions++;
      if (region === undefined) faults.push(`${place} names a region that is not there: ${source}#${name}`);
      else if (region !== block)
        faults.push(`${place} differs from what runs, ${source}#${name}. Mend ${page}:\n${changeOf(block, region)}`);
    } else if (page.startsWith("docs/guide/") && block.split("\n").length > 4) {
      faults.push(`${place} is a block of more than three lines: take it from a file that runs.`);
    } else {
      const file = `${page.replaceAll("/", "__")}.${files.length}.ts`;
      writeFileSync(join(folder, file), `${block}\nexport {};\n`);
      files.push(file);
    }
  }
}
if (files.length === 0 || regions === 0) throw new Error("No code block was found: the pattern must be wrong.");

writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      // A block shows what is declared; it need not use all of it.
      noUnusedLocals: false,
      typeRoots: [join(root, "node_modules/@types")],
      paths: { "@bus/*": [join(root, "packages/*/src/index.ts")] },
    },
    files,
  }),
);
const { status } = spawnSync("tsc", ["-p", folder], { stdio: "inherit" });
if (status !== 0) faults.push("A code block does not compile.");
for (const fault of faults) console.error(fault);
if (faults.length === 0) console.log(`${files.length} code blocks compile, and ${regions} are what runs.`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** The lines between `// #region name` and `// #endregion name`, without the indentation they share. */
function regionOf(source: string, name: string): string | undefined {
  const file = join(root, source);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const begin = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${name}`);
  if (begin === -1 || end < begin) return undefined;
  const region = lines.slice(begin + 1, end);
  const indent = Math.min(...region.filter((line) => line !== "").map((line) => line.search(/\S/)));
  return region.map((line) => `${line.slice(indent)}\n`).join("");
}

/** The lines that must go, with a `-`, and those that must come, with a `+`: all between the first that differs and the last. */
function changeOf(given: string, wanted: string): string {
  const [old, fresh] = [given.split("\n"), wanted.split("\n")];
  while (old.length > 0 && old[0] === fresh[0]) [old, fresh].forEach((lines) => lines.shift());
  while (old.length > 0 && old.at(-1) === fresh.at(-1)) [old, fresh].forEach((lines) => lines.pop());
  return [...old.map((line) => `- ${line}`), ...fresh.map((line) => `+ ${line}`)].join("\n");
}
