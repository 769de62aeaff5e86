import { afterAll, expect, it } from "vitest";

/** Something that is wrong in one way, to show that a suite notices. */
export interface Saboteur {
  /** No two are the same. */
  readonly name: string;
  /** The names of the tests that fail on it: exactly these. */
  readonly caughtBy: readonly string[];
}

/** A test of the suite, for one saboteur. */
export interface Trial {
  readonly name: string;
  run(this: void): Promise<void>;
}

/** A test that takes longer hangs: on what is right the longest takes a fraction of it, and every wait of a suite is to be bounded. */
const HANGS_AFTER_MS = 20_000;

/**
 * Runs the suite against each saboteur, says which tests failed, and expects them to be the ones that are meant to. Only every `of`-th saboteur is
 * tried, from `part` on, so that several processes can share the work.
 */
export function killMatrix<S extends Saboteur>(
  saboteurs: readonly S[],
  trialsOf: (saboteur: S) => readonly Trial[],
  { part, of }: { readonly part: number; readonly of: number },
): void {
  const lines: string[] = [];
  afterAll(() => console.log(lines.join("\n")));

  const mine = saboteurs.filter((_, index) => index % of === part);
  it.for(mine)("$name", { timeout: 120_000 }, async (saboteur) => {
    const failed: string[] = [];
    for (const { name, run } of trialsOf(saboteur)) if (!(await passes(name, run))) failed.push(name);
    lines.push(`${saboteur.name} <- ${failed.join(" | ")}`);

    expect(failed.toSorted()).toEqual(saboteur.caughtBy.toSorted());
  });
}

/** @throws for a test that hangs: it would hang its plugin's author too */
async function passes(name: string, run: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<boolean>((_, reject) => {
    const seconds = HANGS_AFTER_MS / 1000;
    timer = setTimeout(
      () => reject(new Error(`"${name}" still ran after ${seconds} s: bound its waits.`)),
      HANGS_AFTER_MS,
    );
  });
  const ran = run().then(
    () => true,
    () => false,
  );
  return Promise.race([ran, hangs]).finally(() => clearTimeout(timer));
}

/** Declares that each test of a suite has its saboteur, that none goes free, and that names are names. */
export function saboteursAreComplete(tests: readonly string[], saboteurs: readonly Saboteur[]): void {
  const caught = new Set(saboteurs.flatMap(({ caughtBy }) => caughtBy));

  it("has a saboteur for each test of the suite", () => {
    expect(tests.filter((name) => !caught.has(name))).toEqual([]);
  });

  it("has no saboteur that goes free", () => {
    expect(saboteurs.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
  });

  it("names only tests that there are", () => {
    expect([...caught].filter((name) => !tests.includes(name))).toEqual([]);
  });

  it.each([
    ["test", tests],
    ["saboteur", saboteurs.map(({ name }) => name)],
  ])("gives each %s a name of its own", (_, names) => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
}
