import { wrapped, type Saboteur } from "../saboteur.ts";
import { LeaseBook } from "../lease-book.ts";

export const opening: readonly Saboteur[] = [
  {
    name: "would be asked for work without a pause",
    caughtBy: ["says its name and how often to look for the work of others before it is open"],
    sabotage: (store) => ({ ...wrapped(store, {}), pollMs: 0 }),
  },
  {
    name: "answers reads before it is open",
    caughtBy: ["refuses every call before it is open"],
    sabotage: (store) => {
      let isNew = true;
      return wrapped(store, {
        open: () => {
          isNew = false;
          return store.open();
        },
        get: async (id) => (isNew ? undefined : store.get(id)),
      });
    },
  },
  {
    name: "goes on setting plugin state after it was closed",
    caughtBy: ["refuses every call after it was closed"],
    sabotage: (store) => {
      let wasOpen = false;
      return wrapped(store, {
        open: () => {
          wasOpen = true;
          return store.open();
        },
        state: {
          change: (scope, changes) =>
            store.state.change(scope, changes).catch((error: unknown) => {
              if (wasOpen) return true;
              throw error;
            }),
        },
      });
    },
  },
  {
    name: "fails when it is closed again",
    caughtBy: ["closes without having been open, and again and again"],
    sabotage: (store) => {
      let closings = 0;
      return wrapped(store, {
        close: async () => {
          await store.close();
          closings += 1;
          if (closings === 3) throw new Error("It is closed already.");
        },
      });
    },
  },
  {
    name: "closes without waiting for what is under way",
    caughtBy: ["answers what was asked for before it closes"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (...args) => {
          await new Promise(setImmediate);
          return store.append(...args);
        },
        close: () => store.close(),
      }),
  },
  {
    name: "forgets why deliveries died while it is closed",
    caughtBy: ["shows what it held when it is opened again"],
    sabotage: (store) => {
      let wasClosed = false;
      return wrapped(store, {
        close: () => {
          wasClosed = true;
          return store.close();
        },
        query: async (...args) => {
          const page = await store.query(...args);
          return wasClosed ? { ...page, items: page.items.map((record) => ({ ...record, reason: undefined })) } : page;
        },
      });
    },
  },
  {
    name: "puts back what is out when it is closed",
    caughtBy: ["keeps leases while it is closed", "shows what it held when it is opened again"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        close: async () => {
          if (book.open.size > 0) await book.settleAll("pending", 0).catch(() => undefined);
          await store.close();
        },
      });
    },
  },
];
