/** One way to get what is owed to a service there. */
export interface Sender {
  /** As the table shows it. */
  readonly name: string;
  /** Its version and settings, and what it does beside the requests. */
  readonly conditions: string;
  /** A request for each: so slow that it gets less to send. */
  readonly isOneByOne: boolean;
  /** Readies so much; the function sends it, and resolves when all has been answered and what keeps account of it has noted it. */
  fill(url: string, count: number): Promise<{ drain(): Promise<void>; close(): Promise<void> }>;
  close(): Promise<void>;
}
