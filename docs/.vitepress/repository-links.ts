import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { pageOf } from "./site-pages.ts";

const root = join(import.meta.dirname, "../..");
const { repository }: { repository?: string | { readonly url: string } } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const url = typeof repository === "object" ? repository.url : repository;
/** Where the sources can be read; undefined while package.json names no repository. */
export const repositoryUrl: string | undefined = url?.replace(/^git\+|\.git$/g, "");

/**
 * Pages link to each other as files of the repository, so that the links work wherever the files are read. Here a link to a page leads to that page,
 * and one to any other file to the repository; while none is known, that link is its text alone. A link to nothing ends the build.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push("repository-links", ({ tokens, env }) => {
    const { realPath, path }: { realPath?: string; path: string } = env;
    const source = realPath ?? path;
    for (const token of tokens) {
      const { children } = token;
      if (!children) continue;
      let isDropped = false;
      token.children = children.filter((child) => {
        if (child.type === "link_open") {
          const given = child.attrGet("href") ?? "";
          const href = hrefOf(source, given);
          isDropped = href === undefined;
          if (href !== undefined) child.attrSet("href", href);
          return !isDropped;
        }
        return !(isDropped && child.type === "link_close");
      });
    }
  });
}

function hrefOf(source: string, given: string): string | undefined {
  if (/^([a-z]+:|\/|#)/.test(given)) return given;
  const [target = "", hash = ""] = given.split(/(?=#)/);
  const file = join(dirname(source), decodeURI(target));
  const readme = join(file, "README.md");
  const inRepository = relative(root, existsSync(readme) ? readme : file);
  const page = inRepository === "README.md" ? "index.md" : pageOf(inRepository);
  // VitePress tells of all pages that are not there.
  if (page !== undefined) return `/${page}${hash}`;
  if (!existsSync(file)) throw new Error(`${relative(root, source)} links to "${given}", which is not there.`);
  return repositoryUrl && `${repositoryUrl}/blob/HEAD/${inRepository}${hash}`;
}
