import { inspect } from "node:util";

/** The secret that plugins under test are given. It looks like nothing else, so that a search for it finds the secret alone. */
export const SECRET = "canary-7f3a9c51e2d84b06";

/**
 * How the secret shows in what a value looks like to whoever prints, logs or serialises it: "as it is", or the encoding in which it does. Undefined: not
 * at all. Of errors, their causes are looked at too.
 */
export function leakIn(value: unknown, secret: string): string | undefined {
  const texts = [textOf(value), jsonOf(value)];
  const forms = formsOf(secret);
  return forms.find(({ isIn }) => texts.some(isIn))?.name;
}

interface Form {
  readonly name: string;
  readonly isIn: (text: string) => boolean;
}

function formsOf(secret: string): readonly Form[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const percent = hex.replaceAll(/../g, "%$&");
  return [
    { name: "as it is", isIn: (text) => text.includes(secret) },
    { name: "percent-encoded", isIn: (text) => text.includes(encodeURIComponent(secret)) },
    { name: "percent-encoded", isIn: (text) => text.toLowerCase().includes(percent) },
    { name: "in base64", isIn: (text) => cores64(bytes).some((core) => plain64(text).includes(core)) },
    // Buffers are shown with spaces between their bytes.
    { name: "in hexadecimal", isIn: (text) => withoutSpace(text).toLowerCase().includes(hex) },
    { name: "as a list of bytes", isIn: (text) => withoutSpace(text).includes(bytes.join(",")) },
  ];
}

/** What of its base64 depends on nothing around it, for each place at which it may begin: `user:secret` has it too. */
function cores64(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((offset * 8) / 6), end);
  });
}

/** Base64 for URLs has two other characters. */
function plain64(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, "");
}

function textOf(value: unknown): string {
  return typeof value === "string"
    ? value
    : inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity });
}

/** Nothing for what JSON cannot say. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}
