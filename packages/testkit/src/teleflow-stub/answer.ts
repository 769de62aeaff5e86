import { STATUS_CODES } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = "application/json; charset=utf-8";

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(value) };
}

/** Every success is wrapped. */
export function dataAnswer(status: number, data: unknown): Answer {
  return jsonAnswer(status, { data });
}

/** An exception of NestJS with words of its own; errors are not wrapped. */
export function errorAnswer(
  status: number,
  message: string | readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { ...jsonAnswer(status, { message, error: STATUS_CODES[status], statusCode: status }), headers };
}

/** One that has nothing but its status to say, or that comes from below NestJS. */
export function bareErrorAnswer(status: number, message: string): Answer {
  return jsonAnswer(status, { statusCode: status, message });
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
