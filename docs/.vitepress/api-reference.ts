/** Writes docs/reference/api: a page for each published package, from its `src/index.ts`. */
import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Application, ReflectionKind, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

const root = join(import.meta.dirname, "../..");
const out = join(root, "docs/reference/api");

/** Entry point → the package's name. */
const packages = new Map<string, string>();
for (const manifest of globSync("packages/*/package.json", { cwd: root }).toSorted()) {
  const { name, private: isPrivate }: { name: string; private?: boolean } = JSON.parse(
    readFileSync(join(root, manifest), "utf8"),
  );
  const entry = manifest.replace("package.json", "src/index.ts");
  if (isPrivate !== true && existsSync(join(root, entry))) packages.set(entry, name);
}

const options: TypeDocOptions & PluginOptions = {
  plugin: ["typedoc-plugin-markdown"],
  entryPoints: [...packages.keys()].map((entry) => join(root, entry)),
  tsconfig: join(import.meta.dirname, "api-reference.tsconfig.json"),
  out,
  name: "API reference",
  readme: "none",
  entryFileName: "index",
  router: "module",
  // The compiler of the workspace checks the sources, and it is a newer one.
  skipErrorChecking: true,
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  useHTMLAnchors: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  propertyMembersFormat: "table",
  typeAliasPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  logLevel: "Warn",
  treatWarningsAsErrors: true,
};
rmSync(out, { recursive: true, force: true });
const app = await Application.bootstrapWithPlugins(options);
const project = await app.convert();
if (!project) throw new Error("TypeDoc found nothing: see above.");
for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
  const name = packages.get(`packages/${module.name}/index.ts`);
  if (name === undefined) throw new Error(`TypeDoc calls no package "${module.name}".`);
  module.name = name;
}
await app.generateOutputs(project);
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
