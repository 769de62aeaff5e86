import { ok } from "node:assert/strict";
import type { DeliveryQuery, DeliveryRecord, Store } from "@bus/core";

/** More than any test has. */
const MOST_PAGES = 500;

/** The pages that `next` gives one after the other, until one has no cursor. */
export async function everyPage<Page extends { readonly cursor?: string }>(
  next: (cursor: string | undefined) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let cursor: string | undefined;
  do {
    const page = await next(cursor);
    pages.push(page);
    ok(pages.length <= MOST_PAGES, "The pages do not come to an end.");
    ({ cursor } = page);
  } while (cursor !== undefined);
  return pages;
}

/** All that match, read a page at a time. */
export async function everyRecord(
  store: Store,
  query: DeliveryQuery = {},
  limit: number = 100,
): Promise<readonly DeliveryRecord[]> {
  const pages = await everyPage((cursor) => store.query(query, { limit, cursor }));
  return pages.flatMap(({ items }) => items);
}

export async function everyId(
  store: Store,
  query: DeliveryQuery = {},
  limit: number = 100,
): Promise<readonly string[]> {
  return (await everyRecord(store, query, limit)).map(({ id }) => id);
}
