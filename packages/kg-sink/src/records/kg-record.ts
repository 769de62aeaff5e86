/** What the graph knows: the `id` of a record on the wire. */
export type KgKind = "User" | "Channel" | "Message" | "Company" | "Workspace";

/**
 * The `value` of a record on the wire. A property that is undefined is not written.
 *
 * @see docs/spec/knowledge-graph.md#records-fixtureskgrecordsjson-holds-one-of-each
 */
export interface KgRecord {
  readonly id: KgKind;
  readonly properties: Readonly<Record<string, unknown>>;
}
