/** Which files of the repository are pages of the site, and where. Links to all others lead to the repository. */

const PAGES: readonly { readonly source: RegExp; readonly page: string }[] = [
  { source: /^docs\/(.+)\.md$/, page: "$1.md" },
  { source: /^(packages|examples)\/([^/]+)\/README\.md$/, page: "$1/$2/index.md" },
  { source: /^packages\/benchmarks\/results\/([^/]+)\.md$/, page: "packages/benchmarks/$1.md" },
  { source: /^CONTRIBUTING\.md$/, page: "contributing.md" },
  // By docs/code/[file].paths.ts.
  { source: /^(examples\/.+\.ts)$/, page: "code/$1.md" },
];

/** The page's path on the site, with `.md`; undefined for a file that is no page. */
export function pageOf(file: string): string | undefined {
  const entry = PAGES.find(({ source }) => source.test(file));
  return entry && file.replace(entry.source, entry.page);
}
