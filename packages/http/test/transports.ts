import { gotTransport, undiciTransport, type HttpTransport, type TransportOptions } from "../src/index.ts";

export type MakeTransport = (options?: TransportOptions) => HttpTransport;

/** All transports of this package: what one promises, each must hold. */
export const TRANSPORTS: readonly { readonly name: "got" | "undici"; readonly make: MakeTransport }[] = [
  { name: "got", make: gotTransport },
  { name: "undici", make: undiciTransport },
];
