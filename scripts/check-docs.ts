/** Type-checks every `ts` block of the READMEs and of docs/, as a reader would paste it. */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
// Beneath core's dependencies, so that the blocks find zod, and vitest further up.
const folder = join(root, "packages/core/node_modules/.cache/docs");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const pages = globSync(["README.md", "packages/*/README.md", "examples/*/README.md", "docs/**/*.md"], { cwd: root });
const files: string[] = [];
for (const page of pages) {
  for (const [, block = ""] of readFileSync(join(root, page), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)) {
    const file = `${page.replaceAll("/", "__")}.${files.length}.ts`;
    writeFileSync(join(folder, file), `${block}\nexport {};\n`);
    files.push(file);
  }
}
if (files.length === 0) throw new Error("No code block was found: the pattern must be wrong.");

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
console.log(status === 0 ? `${files.length} code blocks compile.` : "A code block does not compile.");
process.exitCode = status ?? 1;
