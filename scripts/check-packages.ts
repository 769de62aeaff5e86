/**
 * Checks the published form of the public packages, after `pnpm build`: packs them, installs the tarballs into an empty project with npm,
 * type-checks a small host there (declarations of dependencies included) and runs it. Then it has the packed create-bus-plugin write plugins, and checks those.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkNewPlugins } from "./new-plugins.ts";
import { run } from "./run-command.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

interface PublicPackage {
  readonly name: string;
  readonly folder: string;
}

const root = resolve(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "bus-packed-"));

try {
  const packages = publicPackages();
  const tarballs = packages.map(pack);
  install(tarballs);
  writeImports(packages);
  cpSync(join(root, "scripts/packed-host"), project, { recursive: true });
  cpSync(join(root, "docs/spec/fixtures/trino/message_created.json"), join(project, "message_created.json"));
  run("npx", ["--no-install", "tsc", "-p", "."], project);
  run("node", ["every-package.ts"], project);
  run("node", ["host.ts"], project);
  console.log(
    `Packages: ${packages.length} packed, installed, type-checked and run (${packages.map((p) => p.name).join(", ")})`,
  );
  console.log(
    `New plugins: ${checkNewPlugins(project, tarballs)} written, installed, type-checked, tested, packed and run`,
  );
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}

function publicPackages(): PublicPackage[] {
  return readdirSync(join(root, "packages"))
    .map((folder) => ({ folder: join(root, "packages", folder), manifest: manifestOf(join(root, "packages", folder)) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ folder, name: manifest.name }));
}

/** Packs one package and looks into the tarball: what a package needs is there, and nothing of the workspace is. */
function pack({ name, folder }: PublicPackage): string {
  const target = join(project, `${name.replace("@", "").replace("/", "-")}.tgz`);
  run("pnpm", ["pack", "--out", target], folder);
  const files = run("tar", ["-tzf", target], project)
    .trim()
    .split("\n")
    .map((file) => file.replace("package/", ""));
  const manifest = run("tar", ["-xzOf", target, "package/package.json"], project);
  for (const file of ["dist/index.js", "dist/index.d.ts", "LICENSE", "package.json"]) {
    if (!files.includes(file)) throw new Error(`${name}: the tarball has no ${file}`);
  }
  const isStray = (file: string): boolean =>
    !/^(dist\/.+|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/u.test(file) &&
    !(name === "create-bus-plugin" && file.startsWith("template/"));
  const strays = files.filter(isStray);
  if (strays.length > 0) throw new Error(`${name}: the tarball has files nobody needs: ${strays.join(", ")}`);
  if (/"(workspace|catalog):/u.test(manifest))
    throw new Error(`${name}: the packed package.json names the workspace or its catalog`);
  if (manifest.includes("./src/")) throw new Error(`${name}: the packed package.json leads to the sources`);
  return target;
}

/** Installs what a host installs: the packages, and the compiler this workspace has. */
function install(tarballs: readonly string[]): void {
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "host", private: true, type: "module" }));
  const tools = ["typescript", "@types/node"].map(
    (tool) => `${tool}@${manifestOf(join(root, "node_modules", tool)).version}`,
  );
  run("npm", ["install", "--no-audit", "--no-fund", "--strict-peer-deps", ...tarballs, ...tools], project);
}

/** A module that imports every package and fails for one that exports nothing. */
function writeImports(packages: readonly PublicPackage[]): void {
  const lines = packages.flatMap(({ name }, index) => [
    `import * as p${index} from "${name}";`,
    `if (Object.keys(p${index}).length === 0) throw new Error("${name} exports nothing");`,
  ]);
  writeFileSync(join(project, "every-package.ts"), `${lines.join("\n")}\n`);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
