import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorReference, errorsPage } from "../../../scripts/error-reference.ts";

const table = readFileSync(new URL("../src/errors.ts", import.meta.url), "utf8");
const known = [...table.matchAll(/^ {2}(BUS_[A-Z_]+):/gmu)].map(([, code]) => String(code));

describe("docs/reference/errors.md", () => {
  it("is what the comments and messages of errors.ts make: run `pnpm docs:errors`", () => {
    const page = readFileSync(errorsPage, "utf8");

    expect(page).toBe(errorReference());
  });

  it("has a section for each error code, with its message and what to do", () => {
    const sections = errorReference().split(/^## /mu).slice(1);

    const told = sections.map((section) => /^(\S+)\n\n> `.+`\n\n.+\n\n\*\*What to do\.\*\* .+/u.exec(section)?.[1]);

    expect(known.length).toBeGreaterThan(0);
    expect(told).toEqual(known);
  });
});
