import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { pageOf } from "./site-pages.ts";

const root = join(import.meta.dirname, "../..");

/** A group of the sidebar: these pages first, in this order, then all others of its folder. */
interface Group {
  readonly text: string;
  /** The files of its pages. */
  readonly files: string;
  /** Their names, without `.md`; for a README, its folder's. */
  readonly first?: readonly string[];
  /** Whether the names are the titles. */
  readonly isNamedByFile?: boolean;
  readonly isCollapsed?: boolean;
}

const GROUPS: readonly Group[] = [
  {
    text: "Guide",
    files: "docs/guide/*.md",
    first: [
      "getting-started",
      "send-webhooks",
      "receive-webhooks",
      "knowledge-graph",
      "notifications",
      "testing-a-host",
      "operating",
      "reading-the-database",
    ],
  },
  { text: "In your framework", files: "docs/guide/hosts/*.md", first: ["express", "fastify", "nestjs", "fetch"] },
  {
    text: "Concepts",
    files: "docs/concepts/*.md",
    first: [
      "events",
      "routes",
      "sinks",
      "sources",
      "listeners",
      "deliveries",
      "lanes-and-order",
      "retries",
      "stores",
      "lifecycle",
    ],
  },
  {
    text: "Writing plugins",
    files: "docs/plugins/*.md",
    first: ["writing-a-sink", "writing-a-source", "writing-a-store"],
  },
  { text: "Reference", files: "docs/reference/*.md", first: ["glossary", "errors"] },
  { text: "API", files: "docs/reference/api/**/*.md", first: ["index"] },
  { text: "Packages", files: "packages/*/README.md", first: ["core", "sqlite-store"], isNamedByFile: true },
  { text: "Measurements", files: "packages/benchmarks/results/*.md", isCollapsed: true },
  { text: "Examples", files: "examples/*/README.md", isNamedByFile: true, isCollapsed: true },
  { text: "Wire contracts", files: "docs/spec/*.md" },
  { text: "Decisions", files: "docs/decisions/*.md", isCollapsed: true },
  { text: "Project", files: "CONTRIBUTING.md" },
];

/** Every page of the site, but for its home and the sources of the examples. A page that no group has is an error, as is a name that no page has. */
export function sidebarOf(pages: readonly string[]): DefaultTheme.SidebarItem[] {
  const left = new Set(pages.filter((page) => page !== "docs/index.md" && !page.startsWith("docs/code/")));
  const sidebar = GROUPS.map(({ text, files, first = [], isNamedByFile = false, isCollapsed = false }) => {
    const items = globSync(files, { cwd: root, exclude: (path) => path === "node_modules" })
      .filter((file) => left.delete(file))
      .map((file) => ({ file, name: nameOf(file) }))
      .toSorted((a, b) => placeIn(first, a.name) - placeIn(first, b.name) || (a.file < b.file ? -1 : 1));
    const missing = first.filter((name) => !items.some((item) => item.name === name));
    if (missing.length > 0) throw new Error(`The sidebar names pages that are not in ${files}: ${missing.join(", ")}.`);
    return {
      text,
      collapsed: isCollapsed,
      items: items.map(({ file, name }) => ({
        text: isNamedByFile ? name : titleOf(file),
        link: `/${pageOf(file) ?? file}`,
      })),
    };
  });
  if (left.size > 0) throw new Error(`No group of the sidebar has the pages ${[...left].join(", ")}.`);
  return sidebar;
}

function nameOf(file: string): string {
  const parts = file.replace(/(\/README)?\.md$/, "").split("/");
  return parts.at(-1) ?? file;
}

function placeIn(first: readonly string[], name: string): number {
  const place = first.indexOf(name);
  return place === -1 ? first.length : place;
}

function titleOf(file: string): string {
  const [, title = nameOf(file)] = /^# (.+)$/m.exec(readFileSync(join(root, file), "utf8")) ?? [];
  return title.replaceAll("`", "");
}
