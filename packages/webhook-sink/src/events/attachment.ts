import { z } from "zod";
import { id, type TrinoId } from "./account.ts";
import { attributes, type TrinoAttributes } from "./attributes.ts";
import { looseObject, type LooseObject } from "./loose-object.ts";

/** What kind of attachment it is; channels may bring others. */
export type TrinoFileType =
  | "image"
  | "audio"
  | "video"
  | "file"
  | "location"
  | "fallback"
  | "share"
  | "story_mention"
  | "contact"
  | "ig_reel"
  | "ig_post"
  | "ig_story"
  | "embed"
  | (string & {});

/** What a message carries beside its text. */
export interface TrinoAttachment extends LooseObject {
  readonly id: TrinoId;
  readonly file_type: TrinoFileType;
  readonly message_id?: TrinoId | null | undefined;
  readonly account_id?: TrinoId | null | undefined;
  /** Where the file is, or what a link, share or embed leads to. */
  readonly data_url?: string | null | undefined;
  /** A small picture of the file. */
  readonly thumb_url?: string | null | undefined;
  /** Of the file's name, without the dot. */
  readonly extension?: string | null | undefined;
  readonly content_type?: string | null | undefined;
  /** Bytes. */
  readonly file_size?: number | null | undefined;
  /** Pixels of an image or video. */
  readonly width?: number | null | undefined;
  /** Pixels of an image or video. */
  readonly height?: number | null | undefined;
  /** What is said in an audio. */
  readonly transcribed_text?: string | null | undefined;
  /** Degrees, of a location. */
  readonly coordinates_lat?: number | null | undefined;
  /** Degrees, of a location. */
  readonly coordinates_long?: number | null | undefined;
  /** The name of a location, the title of a link, the phone number of a contact. */
  readonly fallback_title?: string | null | undefined;
  /** The names of a contact. */
  readonly meta?: TrinoAttributes | null | undefined;
}

const text = z.string().nullish();
const number = z.number().nullish();

export const attachment: z.ZodType<TrinoAttachment, TrinoAttachment> = looseObject({
  id,
  file_type: z.string(),
  message_id: id.nullish(),
  account_id: id.nullish(),
  data_url: text,
  thumb_url: text,
  extension: text,
  content_type: text,
  file_size: number,
  width: number,
  height: number,
  transcribed_text: text,
  coordinates_lat: number,
  coordinates_long: number,
  fallback_title: text,
  meta: attributes.nullish(),
});
