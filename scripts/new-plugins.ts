import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "./run-command.ts";

const KINDS = ["sink", "source"];
const FORMS = ["factory", "class"];

/**
 * Has the packed create-bus-plugin, installed in `project`, write a plugin of each kind and form, as a plugin's author would, and does with them what that
 * author does: installs, builds, tests and packs them. In the end a host starts all of them.
 */
export function checkNewPlugins(project: string, tarballs: readonly string[]): number {
  const workspace = mkdtempSync(join(tmpdir(), "bus-plugins-"));
  try {
    const names = KINDS.flatMap((kind) => FORMS.map((form) => ({ kind, form, name: `crm-${form}-${kind}` })));
    // npm takes what its root has: so that no package of Bus comes from elsewhere.
    const packed = tarballs.map((tarball) => [nameOf(tarball, project), `file:${tarball}`]);
    const manifest = {
      private: true,
      type: "module",
      workspaces: ["plugins/*"],
      dependencies: Object.fromEntries(packed),
    };
    writeFileSync(join(workspace, "package.json"), JSON.stringify(manifest));
    mkdirSync(join(workspace, "plugins"));
    const create = join(project, "node_modules/.bin/create-bus-plugin");
    for (const { kind, form, name } of names)
      run(create, [`plugins/${name}`, "--kind", kind, "--form", form, "--name", `@acme/${name}`], workspace);
    run("npm", ["install", "--no-audit", "--no-fund", "--strict-peer-deps"], workspace);
    for (const { name } of names) checkPlugin(join(workspace, "plugins", name));
    copyFileSync(resolve(import.meta.dirname, "packed-host/plugins/host.ts"), join(workspace, "host.ts"));
    run("node", ["host.ts"], workspace);
    return names.length;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function checkPlugin(folder: string): void {
  // Builds too.
  run("npm", ["pack"], folder);
  writeReadmeCode(folder);
  run("npm", ["run", "types"], folder);
  run("npm", ["test"], folder);
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`${folder}: npm pack wrote nothing`);
  const files = run("tar", ["-tzf", tarball], folder).trim().split("\n");
  for (const file of ["dist/index.js", "dist/index.d.ts", "LICENSE", "README.md", "package.json"])
    if (!files.includes(`package/${file}`)) throw new Error(`${folder}: its tarball has no ${file}`);
  const stray = files.find((file) => /\/(?:src|test)\/|\.test\./u.test(file));
  if (stray !== undefined) throw new Error(`${folder}: its tarball has ${stray}, which nobody needs`);
}

/** Puts what the README shows where it is type-checked. */
function writeReadmeCode(folder: string): void {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const [, code] = /^```ts\n(.*?)^```$/msu.exec(readme) ?? [];
  if (code === undefined) throw new Error(`${folder}: its README shows no code`);
  writeFileSync(join(folder, "test/readme.ts"), code);
}

function nameOf(tarball: string, cwd: string): string {
  const { name } = JSON.parse(run("tar", ["-xzOf", tarball, "package/package.json"], cwd)) as { name: string };
  return name;
}
