import { execSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { writePlugin, type PluginChoices } from "../src/index.ts";
import { aFolder } from "./a-folder.ts";

const root = join(import.meta.dirname, "../../..");

const SHARED = [".gitignore", "LICENSE", "README.md", "package.json", "src/index.ts", "src/options.ts"];
const FILES = {
  sink: [...SHARED, "src/crm-sink.ts", "test/crm-sink.test.ts", "tsconfig.build.json", "tsconfig.json"],
  source: [
    ...SHARED,
    "src/answer-request.ts",
    "src/crm-events.ts",
    "src/crm-source.ts",
    "src/read-body.ts",
    "test/crm-source.test.ts",
    "tsconfig.build.json",
    "tsconfig.json",
  ],
};

describe.each([
  { kind: "sink", form: "factory" },
  { kind: "sink", form: "class" },
  { kind: "source", form: "factory" },
  { kind: "source", form: "class" },
] as const)("a $kind in $form form", ({ kind, form }) => {
  const written = (changes: Partial<PluginChoices> = {}): { folder: string; files: readonly string[] } => {
    const folder = join(aFolder(), "new");
    return { folder, files: writePlugin({ folder, kind, form, name: `@acme/bus-crm-${kind}`, ...changes }) };
  };

  it("has its files, and tells which", () => {
    const { folder, files } = written();

    expect(files).toEqual(FILES[kind].toSorted());
    expect(filesIn(folder)).toEqual(files);
  });

  it("has its own names everywhere, and none of the template's", () => {
    const { folder, files } = written({ name: "big-crm_2.exports" });

    const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
    const suffix = kind === "sink" ? "Sink" : "Source";
    expect(files).toContain(`src/big-crm-2-exports-${kind}.ts`);
    expect(text).toContain(`export const bigCrm2Exports${suffix}`);
    expect(text).toContain(`interface BigCrm2Exports${suffix}Options`);
    expect(text).toContain('"name": "big-crm_2.exports"');
    expect(text).not.toMatch(/my-?(?:target|package)/i);
  });

  it("is made of a function, or of a class that injects by token", () => {
    const { folder } = written();

    const plugin = readFileSync(join(folder, `src/crm-${kind}.ts`), "utf8");
    const { compilerOptions } = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8"));
    expect(plugin.includes("@inject(OPTIONS)")).toBe(form === "class");
    expect(plugin.includes("create:")).toBe(form === "factory");
    expect(compilerOptions.experimentalDecorators).toBe(form === "class" ? true : undefined);
  });

  it("depends on Bus in this package's version, and on nothing of the workspace", () => {
    const { folder } = written();

    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
    const text = readFileSync(join(folder, "package.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({
      name: `@acme/bus-crm-${kind}`,
      keywords: ["bus-plugin"],
      peerDependencies: { "@bus/core": `^${version}` },
      devDependencies: { "@bus/testkit": `^${version}`, vitest: expect.stringMatching(/^\^\d/) },
    });
    expect(text).not.toMatch(/workspace:|catalog:/);
  });

  // That its tests compile and pass, scripts/check-packages.ts shows.
  it("builds, and keeps nothing of an earlier build", { timeout: 60_000 }, () => {
    const { folder } = written();
    linkDependencies(folder);
    mkdirSync(join(folder, "dist"));
    writeFileSync(join(folder, "dist/renamed.js"), "");

    build(folder);

    expect(existsSync(join(folder, "dist/index.js"))).toBe(true);
    expect(existsSync(join(folder, "dist/renamed.js"))).toBe(false);
    expect(readFileSync(join(folder, "dist/index.d.ts"), "utf8")).toContain(`./crm-${kind}.ts`);
  });
});

describe("writePlugin", () => {
  const choices = { kind: "sink", form: "factory", name: "crm-sink" } as const;

  it("writes into an empty folder", () => {
    const folder = aFolder();

    writePlugin({ ...choices, folder });

    expect(existsSync(join(folder, "package.json"))).toBe(true);
  });

  it("writes into a repository that has just been made", () => {
    const folder = aFolder();
    mkdirSync(join(folder, ".git"));

    writePlugin({ ...choices, folder });

    expect(existsSync(join(folder, "package.json"))).toBe(true);
  });

  it("refuses a folder that is not empty, and leaves it as it is", () => {
    const folder = aFolder();
    writeFileSync(join(folder, ".keep"), "");

    expect(() => writePlugin({ ...choices, folder })).toThrow(/is not empty/);
    expect(readdirSync(folder)).toEqual([".keep"]);
  });

  it("refuses a file in the folder's place", () => {
    const file = join(aFolder(), "file");
    writeFileSync(file, "");

    expect(() => writePlugin({ ...choices, folder: file })).toThrow(/is no folder/);
  });

  it("refuses a name that npm does not take, and writes nothing", () => {
    const folder = join(aFolder(), "new");

    expect(() => writePlugin({ ...choices, folder, name: "Crm Sink" })).toThrow('"Crm Sink" is no package name');
    expect(existsSync(folder)).toBe(false);
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted();
}

/** What `npm install` would do. */
function linkDependencies(folder: string): void {
  const packages = {
    "@bus/core": "packages/core",
    "@bus/http": "packages/http",
    "@types/node": "node_modules/@types/node",
    zod: "packages/core/node_modules/zod",
  };
  for (const [name, target] of Object.entries(packages)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, target), link);
  }
}

/** What `npm run build` would do. */
function build(folder: string): void {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const PATH = [join(root, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);
  try {
    execSync(scripts.build, { cwd: folder, env: { ...process.env, PATH } });
  } catch (error) {
    throw new Error(String((error as { stdout: unknown }).stdout), { cause: error });
  }
}
