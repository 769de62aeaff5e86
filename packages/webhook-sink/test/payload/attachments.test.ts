import { expect, it } from "vitest";
import { aStartedBus, anEndpoint } from "../a-started-bus.ts";
import { aConversation, anInnerMessage } from "../fixtures.ts";
import { aReceiver } from "../receiver.ts";

const data_url = "https://acme.test/1";
/** What the desk says of any file, whatever it knows of it. */
const unknown = { extension: null, content_type: null, file_size: null, width: null, height: null };

const ATTACHMENTS = [
  { id: 1, file_type: "image", data_url, thumb_url: data_url, extension: "png", file_size: 1, width: 640, height: 480 },
  { id: 2, file_type: "video", data_url: "", thumb_url: "", ...unknown },
  { id: 3, file_type: "file", message_id: 118, account_id: 1, data_url, thumb_url: null, file_name: "bill.pdf" },
  { id: 4, file_type: "share", data_url },
  { id: 5, file_type: "story_mention", data_url, ...unknown },
  { id: 6, file_type: "ig_reel", data_url },
  { id: 7, file_type: "ig_post", data_url },
  { id: 8, file_type: "ig_story", data_url },
  { id: 9, file_type: "audio", data_url, transcribed_text: "Hi", ...unknown },
  { id: 10, file_type: "audio", data_url, transcribed_text: null },
  { id: 11, file_type: "location", coordinates_lat: -23.5, coordinates_long: 0, fallback_title: "Sé", data_url: null },
  { id: 12, file_type: "contact", fallback_title: "+5511999990000", meta: { first_name: "Jane", last_name: null } },
  { id: 13, file_type: "contact", fallback_title: null, meta: { firstName: "Jane" } },
  { id: 14, file_type: "contact", meta: null },
  { id: 15, file_type: "fallback", fallback_title: "A link", data_url },
  { id: 16, file_type: "fallback", fallback_title: null, data_url: null },
  { id: 17, file_type: "embed", data_url },
  { id: 18, file_type: "hologram", data_url: { near: 1 }, coordinates_lat: "north", depth: 3 },
  { id: 19, file_type: "constructor" },
  JSON.parse('{ "id": 20, "file_type": "image", "data_url": "", "__proto__": { "depth": [3] } }'),
];

it.each(ATTACHMENTS.map((attachment) => [JSON.stringify(attachment), attachment]))(
  "%s arrives as it was given",
  async (written, attachment) => {
    const receiver = await aReceiver();
    const { publish, ended } = await aStartedBus({ endpoints: [anEndpoint(receiver.url)] });
    const attachments = [attachment];
    const conversation = aConversation({ messages: [anInnerMessage({ attachments })] });

    await publish(1, { attachments, conversation });
    await ended(1, "delivered");

    const body = JSON.parse(String(receiver.received[0]?.body));
    expect(JSON.stringify(body.attachments)).toBe(`[${written}]`);
    expect(JSON.stringify(body.conversation.messages[0].attachments)).toBe(`[${written}]`);
  },
);
