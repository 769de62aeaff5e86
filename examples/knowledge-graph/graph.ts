import type { KgTag } from "@bus/kg-push-source";
import type { KgRecord } from "@bus/kg-sink";
import type { KafkaRestStub } from "@bus/testkit";

/** What the graph has of one user. */
export interface Knowledge {
  readonly messages: number;
  readonly texts: readonly string[];
}

/** Plays the knowledge graph: it reads what Kafka has stored, and pushes what it finds in it. */
export class Graph {
  readonly #kafka: KafkaRestStub;
  readonly #token: string;

  constructor(kafka: KafkaRestStub, token: string) {
    this.#kafka = kafka;
    this.#token = token;
  }

  /** All records, in the order in which they are in the topic. */
  get records(): readonly KgRecord[] {
    return this.#kafka.stored.map(({ value }) => value as KgRecord);
  }

  /** What it knows of each author, by `_kg_email_id`. */
  get knowledge(): ReadonlyMap<string, Knowledge> {
    const messages = this.records.filter(({ id }) => id === "Message");
    const byAuthor = Map.groupBy(messages, ({ properties }) => String(properties["_kg_email_id"]));
    return new Map(
      [...byAuthor].map(([author, records]) => {
        const texts = records.map(({ properties }) => String(properties["message_content"]));
        return [author, { messages: records.length, texts: texts.filter((text) => text !== "") }];
      }),
    );
  }

  /** Pushes the tags of every author, as one request; resolves with the status of the answer. */
  async push(url: string): Promise<number> {
    const events = [...this.knowledge].map(([id, { texts }]) => ({
      recipients: [{ type: "user", id }],
      event: { type: "user_tags", data: { tags: tagsOf(texts) } },
    }));
    const { status } = await fetch(url, {
      method: "POST",
      headers: { authorization: `Token ${this.#token}`, "content-type": "application/json" },
      body: JSON.stringify({ events }),
    });
    return status;
  }
}

/** The hashtags in the texts, each with its share of them. */
function tagsOf(texts: readonly string[]): readonly KgTag[] {
  const words = texts.flatMap((text) => text.match(/(?<=#)\w+/g) ?? []);
  return [...Map.groupBy(words, (word) => word)].map(([value, uses]) => ({
    value,
    weight: Math.round((100 * uses.length) / words.length) / 100,
  }));
}
