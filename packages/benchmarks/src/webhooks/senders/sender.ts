/** One way to get webhooks to a receiver. */
export interface Sender {
  /** As the tables show it. */
  readonly name: string;
  /** Its version and settings, and what it does beside the request. */
  readonly conditions: string;
  /** Connects; nothing is sent yet. */
  open(url: string): Promise<SendingEnd>;
  /** Takes away all that it made. */
  close(): Promise<void>;
}

interface SendingEnd {
  /** Resolves when so many webhooks have been answered, and what keeps account of them has noted it. */
  send(count: number): Promise<void>;
  close(): Promise<void>;
}

/** How many requests every sender has under way. */
export const IN_FLIGHT = 32;
