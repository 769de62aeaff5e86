import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { defineConfig, type Plugin } from "vitepress";
import { AnchorCheck } from "./anchors.ts";
import { copyMermaid, mermaidAsItIs, mermaidFences } from "./mermaid.ts";
import { repositoryLinks, repositoryUrl } from "./repository-links.ts";
import { sidebarOf } from "./sidebar.ts";
import { pageOf } from "./site-pages.ts";

/** All of the repository, so that the READMEs of packages and examples are pages too. */
const root = join(import.meta.dirname, "../..");
const isExcluded = (path: string): boolean => /(^|\/)(node_modules|dist|\.[^/]+)$/.test(path);
const markdown = globSync("**/*.md", { cwd: root, exclude: isExcluded });
const pages = markdown.filter((file) => pageOf(file) !== undefined);
const outDir = join(import.meta.dirname, "dist");
const anchors = new AnchorCheck();

/** VitePress renders its pages with a copy of Vue that pages outside of docs/ do not find. */
const fromVitePress = createRequire(import.meta.resolve("vitepress"));
const vueOfVitePress: Plugin = {
  name: "vue-of-vitepress",
  enforce: "pre",
  resolveId: (id, _importer, { ssr }) =>
    ssr === true && /^vue(\/server-renderer)?$/.test(id) ? { id: fromVitePress.resolve(id), external: true } : null,
};

export default defineConfig({
  title: "Bus",
  description: "An event bus that a Node.js application embeds: typed events, durable delivery, plugins.",
  lang: "en",
  srcDir: root,
  srcExclude: markdown.filter((file) => !pages.includes(file)),
  rewrites: (file) => pageOf(file) ?? file,
  outDir,
  cacheDir: join(import.meta.dirname, "cache"),
  markdown: {
    config: (md) => void md.use(repositoryLinks).use(mermaidFences),
    // As GitHub makes them, so that a link to a heading works in both places.
    anchor: { slugify: githubSlug },
  },
  vite: {
    plugins: [vueOfVitePress, mermaidAsItIs],
    // The search index is one chunk, loaded when somebody searches.
    build: { chunkSizeWarningLimit: 2_000 },
  },
  transformHtml: (html, file) => anchors.add(relative(outDir, file), html),
  buildEnd: () => {
    copyMermaid(outDir);
    anchors.finish();
  },
  themeConfig: {
    nav: [
      { text: "Guide", link: "/guide/getting-started", activeMatch: "^/guide/" },
      { text: "Concepts", link: "/concepts/events", activeMatch: "^/concepts/" },
      { text: "Plugins", link: "/plugins/writing-a-sink", activeMatch: "^/plugins/" },
      {
        text: "Reference",
        items: [
          { text: "Errors", link: "/reference/errors" },
          { text: "Glossary", link: "/reference/glossary" },
          { text: "API", link: "/reference/api/" },
        ],
      },
      { text: "Specs", link: "/spec/trino-webhooks", activeMatch: "^/spec/" },
      { text: "Decisions", link: "/decisions/0001-map-at-publish", activeMatch: "^/decisions/" },
    ],
    sidebar: sidebarOf(pages),
    outline: [2, 3],
    search: { provider: "local" },
    ...(repositoryUrl !== undefined && { socialLinks: [{ icon: "github", link: repositoryUrl }] }),
  },
});

function githubSlug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}
