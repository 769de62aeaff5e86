/** What VitePress leaves unchecked: that the part of a link behind `#` is there too. */
export class AnchorCheck {
  readonly #ids = new Map<string, Set<string>>();
  readonly #links: { readonly from: string; readonly to: string; readonly id: string }[] = [];

  /** Takes in a page, as it is written: `guide/operating.html`. */
  add(page: string, html: string): void {
    this.#ids.set(page, new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => String(id))));
    for (const [, href = ""] of html.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      const { origin, pathname, hash } = new URL(href, `https://site.invalid/${page}`);
      if (origin !== "https://site.invalid" || hash === "") continue;
      const to = pathname.slice(1).replace(/(^|\/)$/, "$1index.html");
      this.#links.push({ from: page, to, id: decodeURIComponent(hash.slice(1)) });
    }
  }

  /** @throws {Error} naming every link to an anchor that is not there. */
  finish(): void {
    const dead = this.#links.filter(({ to, id }) => this.#ids.get(to)?.has(id) !== true);
    const faults = new Set(dead.map(({ from, to, id }) => `${from} links to ${to}#${id}`));
    if (faults.size > 0) throw new Error(`These anchors are not there:\n${[...faults].join("\n")}`);
  }
}
