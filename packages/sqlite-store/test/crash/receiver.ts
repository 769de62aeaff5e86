import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { NumberedEvent } from "./numbered-events.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** One request of a sink that has come in whole. */
export interface Arrival extends NumberedEvent {
  /** Which process sent it. */
  readonly life: number;
  readonly attempt: number;
}

const SLOWEST_ANSWER_MS = 3;

/** Where all deliveries go. It outlives the processes that send them, and is the truth about what has arrived. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  lastArrivalAt = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: SeededRandom;

  private constructor(random: SeededRandom) {
    this.#random = random;
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(random: SeededRandom): Promise<Receiver> {
    const receiver = new Receiver(random);
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Resolves when all that a dead process has sent is recorded. */
  async quiet(): Promise<void> {
    // A socket may fail before it closes: to those who wait here, that is the same.
    await Promise.all([...this.#sockets].map((socket) => new Promise((resolve) => void socket.once("close", resolve))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let arrival: Arrival;
    try {
      arrival = (await json(request)) as Arrival;
    } catch {
      // Its sender was killed in the middle of it.
      return;
    }
    this.arrivals.push(arrival);
    this.lastArrivalAt = performance.now();
    await setTimeout(this.#random.between(0, SLOWEST_ANSWER_MS));
    response.writeHead(204).end();
  }
}
