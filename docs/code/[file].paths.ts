/* oxlint-disable import/no-default-export -- VitePress takes the pages from it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const isExcluded = (path: string): boolean => /(^|\/)(node_modules|dist)$/.test(path);

/** A page for each source of the examples, so that the guides, which link to them, can be read to their end on the site. */
export default {
  paths: () =>
    globSync("examples/**/*.ts", { cwd: root, exclude: isExcluded }).map((file) => {
      const code = readFileSync(join(root, file), "utf8").replaceAll(/^ *\/\/ #(end)?region .*\n/gm, "");
      return { params: { file }, content: `# ${file}\n\n\`\`\`\`ts\n${code}\`\`\`\`\n` };
    }),
};
