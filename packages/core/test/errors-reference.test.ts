import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const reference = readFileSync(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");
const table = readFileSync(new URL("../src/errors.ts", import.meta.url), "utf8");

const documented = [...reference.matchAll(/^## (\S+)$/gmu)].map(([, code]) => String(code));
const known = [...table.matchAll(/^ {2}(BUS_[A-Z_]+):/gmu)].map(([, code]) => String(code));

describe("docs/reference/errors.md", () => {
  it("has one section for each error code, and none for another", () => {
    expect(known.length).toBeGreaterThan(0);
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it("says what to do in every section", () => {
    const sections = reference.split(/^## /mu).slice(1);

    const silent = sections
      .filter((section) => !section.includes("**What to do.** "))
      .map((section) => section.split("\n")[0]);

    expect(silent).toEqual([]);
  });
});
