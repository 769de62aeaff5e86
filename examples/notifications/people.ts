import type { Customer, Order } from "./shop-events.ts";

const CUSTOMERS = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana"];

/** All whom the service knows; Olga is an operator. */
export const people: readonly string[] = [...CUSTOMERS, "Olga"];

export function customerOf(name: string): Customer {
  const id = name.toLowerCase();
  return { id, name, email: `${id}@example.com` };
}

/** Each has one. Cleo has not written an address. */
export function orderOf(name: string): Order {
  const number = CUSTOMERS.indexOf(name) + 1;
  return {
    orderId: `order-${number}`,
    customer: customerOf(name),
    address: name === "Cleo" ? null : `${number} Mill Lane`,
  };
}
