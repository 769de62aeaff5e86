import { appendFileSync, existsSync, readFileSync } from "node:fs";

/**
 * What a receiver got and how it answered, a line each. In a file, it goes on when the desk is started again: real receivers would not have been
 * killed with it.
 */
export class Journal {
  readonly #lines: string[];
  readonly #owner: string;
  readonly #file: string | undefined;

  constructor(owner: string, file?: string) {
    const noted = file !== undefined && existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    this.#lines = noted.filter((line) => line.startsWith(`${owner} `));
    this.#owner = owner;
    this.#file = file;
  }

  get count(): number {
    return this.#lines.length;
  }

  hasAccepted(id: string): boolean {
    return this.#lines.includes(this.#line(id, 204));
  }

  note(id: string, status: number | undefined): void {
    const line = this.#line(id, status);
    this.#lines.push(line);
    if (this.#file !== undefined) appendFileSync(this.#file, `${line}\n`);
  }

  #line(id: string, status = 0): string {
    return `${this.#owner} ${id} ${status}`;
  }
}
