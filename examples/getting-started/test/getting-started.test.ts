import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { freePort, Program } from "../program.ts";

const EXAMPLE = join(import.meta.dirname, "..");
const GUIDE = readFileSync(join(EXAMPLE, "../../docs/guide/getting-started.md"), "utf8");

it("ends by itself, having lost nothing", { timeout: 60_000 }, async () => {
  const main = new Program(join(EXAMPLE, "main.ts"), { folder: EXAMPLE });

  const code = await main.ended();

  expect({ code, output: main.output }).toMatchObject({ code: 0 });
  expect(main.output).toContain("The desk was killed once, and lost nothing.");
});

it(
  "works for a reader who types the files of the guide, and shows what the guide says",
  { timeout: 60_000 },
  async () => {
    const folder = aFolder();
    for (const [, name = "", text = ""] of GUIDE.matchAll(/^`(\S+\.ts)`:\n+<!-- [^\n]* -->\n+```ts\n(.*?)^```$/gms))
      writeFileSync(join(folder, name), text);
    const port = await freePort();
    const start = (file: string, ...args: readonly string[]): Program => {
      const program = new Program(file, { folder, port, arguments: args });
      onTestFinished(async () => void (await program.kill("SIGKILL")));
      return program;
    };

    for (const file of ["publish.ts", "listen.ts", "webhook.ts"]) {
      const program = start(file);
      expect(await program.ended()).toBe(0);
      expect(masked(program.output)).toBe(masked(shown(`node ${file}`)[0] ?? ""));
    }
    const [first = "", second = ""] = shown("node desk.ts");
    const killed = start("desk.ts");
    await killed.until(/On the disk/);
    await killed.until(/is tried again/, 3);
    await killed.kill("SIGKILL");
    expectLines(killed, first);
    const [, secret = ""] = await killed.until(/Its secret: (\S+)/);
    const receiver = start("serve-receiver.ts", secret);
    const desk = start("desk.ts");
    await desk.until(/On the disk/);
    await desk.until(/is delivered/, 3);
    await receiver.until(/The receiver got/, 3);
    const code = await desk.kill("SIGTERM");

    expect({ code, output: desk.output }).toMatchObject({ code: 0 });
    expectLines(receiver, shown("node serve-receiver.ts")[0] ?? "");
    expect(masked(desk.output)).toContain("is delivered, by attempt N.");
    expect(second).toContain("is delivered");
  },
);

/** Where the packages can be found, and nothing else. */
function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "my-desk-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(EXAMPLE, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}

/** What the guide shows below each such command. */
function shown(command: string): string[] {
  const sessions = [...GUIDE.matchAll(/^```console\n\$ ([^\n]*)\n(.*?)^```$/gms)];
  return sessions.flatMap(([, line = "", output = ""]) => (line.startsWith(command) ? [output] : []));
}

/** Each line that the guide shows was written, in any order. */
function expectLines(program: Program, session: string): void {
  const written = masked(program.output).split("\n");
  for (const line of masked(session).trimEnd().split("\n")) expect(written).toContain(line);
}

/** Without what differs from run to run. */
function masked(text: string): string {
  return text
    .replaceAll(/'[0-9a-f-]{36}'/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/whsec_\S+/g, "SECRET")
    .replaceAll(/(attempt|-9|127\.0\.0\.1:) ?\d+/g, "$1 N");
}
