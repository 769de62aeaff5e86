/** One way to get records into a Kafka REST proxy. */
export interface RecordSender {
  /** As the table shows it. */
  readonly name: string;
  /** Its version and settings, and what it does beside the requests. */
  readonly conditions: string;
  /** Readies so many records; the function sends them, and resolves when all have been answered and what keeps account of them has noted it. */
  fill(url: string, count: number): Promise<{ drain(): Promise<void>; close(): Promise<void> }>;
  close(): Promise<void>;
}
