const CODES = {
  400: "invalid_request",
  401: "unauthorized",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  415: "unsupported_media_type",
  500: "internal_error",
  503: "unavailable",
} as const;

/** Thrown where a push is to be refused. */
export class RefusedPush extends Error {
  override readonly name = "RefusedPush";
  readonly status: keyof typeof CODES;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: keyof typeof CODES,
    message: string,
    { headers = {}, ...options }: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.status = status;
    this.headers = headers;
  }

  get code(): string {
    return CODES[this.status];
  }
}

/** Nothing was lost: the knowledge graph sends the push again. */
export function unavailable(message: string, retryAfterS: number, options?: ErrorOptions): RefusedPush {
  return new RefusedPush(503, message, { ...options, headers: { "retry-after": String(retryAfterS) } });
}
