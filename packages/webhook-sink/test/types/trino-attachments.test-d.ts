import { expectTypeOf } from "vitest";
import type {
  TrinoAttachment,
  TrinoAudioAttachment,
  TrinoContactAttachment,
  TrinoEmbedAttachment,
  TrinoFallbackAttachment,
  TrinoFileAttachment,
  TrinoFileType,
  TrinoLocationAttachment,
} from "../../src/index.ts";

const data_url = "https://acme.test/1";

// What is natural to write, of each kind.
export const attachments: readonly TrinoAttachment[] = [
  { id: 1, message_id: 118, account_id: 1, file_type: "image", data_url, thumb_url: data_url, width: 640, height: 480 },
  { id: 2, file_type: "video", data_url, thumb_url: "", extension: null, content_type: "video/mp4", file_size: 12345 },
  { id: 3, file_type: "file", data_url, width: null, height: null },
  { id: 4, file_type: "share", data_url },
  { id: 5, file_type: "story_mention", data_url },
  { id: 6, file_type: "ig_reel", data_url },
  { id: 7, file_type: "ig_post", data_url },
  { id: 8, file_type: "ig_story", data_url },
  { id: 9, file_type: "audio", data_url, transcribed_text: "Hi" },
  { id: 10, file_type: "location", coordinates_lat: -23.5, coordinates_long: -46.6, fallback_title: "Sé", data_url },
  { id: 11, file_type: "contact", fallback_title: "+5511999990000", meta: { first_name: "Jane", of_a_channel: 1 } },
  { id: 12, file_type: "fallback", fallback_title: "A link", data_url: null },
  { id: 13, file_type: "embed", data_url },
];

// What is wrong does not compile.
export const wrong: readonly TrinoAttachment[] = [
  // @ts-expect-error A typo.
  { id: 1, file_type: "imgae", data_url },
  // @ts-expect-error An attachment says what it is.
  { id: 1, data_url },
  // @ts-expect-error A file is somewhere.
  { id: 1, file_type: "image" },
  // @ts-expect-error Also what is said in an audio.
  { id: 1, file_type: "audio", transcribed_text: "Hi" },
  // @ts-expect-error Sizes are numbers.
  { id: 1, file_type: "image", data_url, file_size: "1 MB" },
  // @ts-expect-error Nothing is said in an image.
  { id: 1, file_type: "image", data_url, transcribed_text: "Hi" },
  // @ts-expect-error A location has both coordinates.
  { id: 1, file_type: "location", coordinates_lat: -23.5 },
  // @ts-expect-error Coordinates are numbers.
  { id: 1, file_type: "location", coordinates_lat: "-23.5", coordinates_long: -46.6 },
  // @ts-expect-error A name is text.
  { id: 1, file_type: "contact", meta: { first_name: 1 } },
  // @ts-expect-error A contact has no file.
  { id: 1, file_type: "contact", data_url },
  // @ts-expect-error A title is text.
  { id: 1, file_type: "fallback", fallback_title: 1 },
  // @ts-expect-error An embed is of a page.
  { id: 1, file_type: "embed", fallback_title: "A page" },
  // A kind of the installation's own.
  { id: 1, file_type: "hologram", depth: 3 } as never,
];

// The kind tells what else there is.
declare const attachment: TrinoAttachment;
if (attachment.file_type === "image") expectTypeOf(attachment).toEqualTypeOf<TrinoFileAttachment>();
if (attachment.file_type === "audio") expectTypeOf(attachment).toEqualTypeOf<TrinoAudioAttachment>();
if (attachment.file_type === "location") expectTypeOf(attachment).toEqualTypeOf<TrinoLocationAttachment>();
if (attachment.file_type === "contact") expectTypeOf(attachment).toEqualTypeOf<TrinoContactAttachment>();
if (attachment.file_type === "fallback") expectTypeOf(attachment).toEqualTypeOf<TrinoFallbackAttachment>();
if (attachment.file_type === "embed") expectTypeOf(attachment).toEqualTypeOf<TrinoEmbedAttachment>();

// A row of the host's own.
interface OwnFile {
  id: number;
  file_type: "image" | "video" | "audio";
  data_url: string;
  file_size: number | null;
  uploadedBy: string;
}
expectTypeOf<OwnFile>().toExtend<TrinoAttachment>();
expectTypeOf<"ig_reel" | "contact">().toExtend<TrinoFileType>();
