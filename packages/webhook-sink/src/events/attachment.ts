import { z } from "zod";
import { id, type TrinoId } from "./account.ts";
import type { TrinoAttributes } from "./attributes.ts";
import { looseObject, type ShapeOf } from "./loose-object.ts";

/**
 * What a message carries beside its text: its `file_type` says what else it has. A kind of the installation's own is sent as it came; in
 * TypeScript it takes a cast (`as never`), for it looks like a typo.
 */
export type TrinoAttachment =
  | TrinoFileAttachment
  | TrinoAudioAttachment
  | TrinoLocationAttachment
  | TrinoContactAttachment
  | TrinoFallbackAttachment
  | TrinoEmbedAttachment;

/** What kind of attachment it is. */
export type TrinoFileType = TrinoAttachment["file_type"];

/** An image, a video, any other file, or what was shared from a social network. */
export interface TrinoFileAttachment extends FileFields {
  readonly file_type: "image" | "video" | "file" | "share" | "story_mention" | "ig_reel" | "ig_post" | "ig_story";
}

export interface TrinoAudioAttachment extends FileFields {
  readonly file_type: "audio";
  readonly transcribed_text?: string | null | undefined;
}

export interface TrinoLocationAttachment extends AttachmentFields {
  readonly file_type: "location";
  /** Degrees. */
  readonly coordinates_lat: number;
  /** Degrees. */
  readonly coordinates_long: number;
  /** The name of the place. */
  readonly fallback_title?: string | null | undefined;
  /** A map of it. */
  readonly data_url?: string | null | undefined;
}

/** The card of a person. */
export interface TrinoContactAttachment extends AttachmentFields {
  readonly file_type: "contact";
  /** The phone number. */
  readonly fallback_title?: string | null | undefined;
  readonly meta?: TrinoContactAttachmentMeta | null | undefined;
}

/** What a card says beside the phone number: channels have keys of their own. */
export interface TrinoContactAttachmentMeta extends TrinoAttributes {
  readonly first_name?: string | null | undefined;
  readonly last_name?: string | null | undefined;
}

/** A link, or what the desk cannot show. */
export interface TrinoFallbackAttachment extends AttachmentFields {
  readonly file_type: "fallback";
  readonly fallback_title?: string | null | undefined;
  readonly data_url?: string | null | undefined;
}

/** A page to show within the message. */
export interface TrinoEmbedAttachment extends AttachmentFields {
  readonly file_type: "embed";
  readonly data_url: string | null;
}

interface FileFields extends AttachmentFields {
  /** Where the file is; null where what was shared is gone. */
  readonly data_url: string | null;
  /** A small picture of the file. */
  readonly thumb_url?: string | null | undefined;
  /** Of the file's name, without the dot. */
  readonly extension?: string | null | undefined;
  readonly content_type?: string | null | undefined;
  /** Bytes. */
  readonly file_size?: number | null | undefined;
  /** Pixels. */
  readonly width?: number | null | undefined;
  /** Pixels. */
  readonly height?: number | null | undefined;
}

interface AttachmentFields {
  readonly id: TrinoId;
  readonly message_id?: TrinoId | null | undefined;
  readonly account_id?: TrinoId | null | undefined;
}

const text = z.string().nullish();
const number = z.number().nullish();

const shape: ShapeOf<AttachmentFields> = { id, message_id: id.nullish(), account_id: id.nullish() };
const fileShape: ShapeOf<FileFields> = {
  ...shape,
  data_url: z.string().nullable(),
  thumb_url: text,
  extension: text,
  content_type: text,
  file_size: number,
  width: number,
  height: number,
};

const file = looseObject({
  ...fileShape,
  file_type: z.enum(["image", "video", "file", "share", "story_mention", "ig_reel", "ig_post", "ig_story"]),
});
const audio = looseObject({ ...fileShape, file_type: z.literal("audio"), transcribed_text: text });
const location = looseObject({
  ...shape,
  file_type: z.literal("location"),
  coordinates_lat: z.number(),
  coordinates_long: z.number(),
  fallback_title: text,
  data_url: text,
});
const contact = looseObject({
  ...shape,
  file_type: z.literal("contact"),
  fallback_title: text,
  meta: looseObject({ first_name: text, last_name: text }).nullish(),
});
const fallback = looseObject({ ...shape, file_type: z.literal("fallback"), fallback_title: text, data_url: text });
const embed = looseObject({ ...shape, file_type: z.literal("embed"), data_url: z.string().nullable() });

const ofKnownKind: z.ZodType<TrinoAttachment, TrinoAttachment> = z.discriminatedUnion("file_type", [
  file,
  audio,
  location,
  contact,
  fallback,
  embed,
]);
const ofOwnKind = looseObject({ id, file_type: z.string() });

/** No union of the two: it would take as a kind of its own what a known kind refuses. */
export const attachment: z.ZodType<TrinoAttachment, TrinoAttachment> = z
  .custom<TrinoAttachment>()
  .check(({ value, issues }) => {
    const { error } = ofKnownKind.safeParse(value);
    const isOwnKind = error?.issues.some(({ path }) => path[0] === "file_type");
    const misfit = isOwnKind ? ofOwnKind.safeParse(value).error : error;
    for (const issue of misfit?.issues ?? []) issues.push({ ...issue, input: undefined });
  });
