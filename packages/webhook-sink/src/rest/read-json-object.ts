import { RefusedRequest } from "./answer.ts";

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** The JSON object that a request carries. What arrives is counted, whatever the request says of its length. */
export async function readJsonObject(request: Request, maxBytes: number): Promise<object> {
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new RefusedRequest(415, "Content type must be application/json");
  }
  const value = parse(await readBytes(request, maxBytes));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RefusedRequest(400, "Body must be a JSON object");
  }
  return value;
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  // The host's fault: taken for an empty body, it would be blamed on the caller.
  if (request.bodyUsed) throw new TypeError("The request's body was read before: whoever needs it reads a clone().");
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new RefusedRequest(400, "Body broke off", { cause });
  }
  if (size > maxBytes) throw new RefusedRequest(413, `Body is larger than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new RefusedRequest(400, "Body is not JSON", { cause });
  }
}
