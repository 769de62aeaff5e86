/** One HTTP exchange with the service, as the rest of the sink sees it. */
export type Reply =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Parsed JSON, in which only ids may have secrets; undefined where the body is none. */
      readonly body: unknown;
      /** What an error answer says, without secrets, cut; "" where it says nothing. */
      readonly words: string;
      /** How long it asks to wait: `Retry-After`; of a 429 always something, the longer of that and `RateLimit-Reset`. */
      readonly afterMs: number | undefined;
    }
  /** Nothing was heard: the service may have taken the request or not. */
  | { readonly kind: "none"; readonly reason: string }
  /** Nothing left this machine: it could not, or, for which it is `isFree`, it was not tried. */
  | { readonly kind: "unsent"; readonly reason: string; readonly isFree: boolean };

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** Whether the service lets nobody in, or is not where the URL leads: what goes for every request. */
export function isClosed({ status }: { readonly status: number }): boolean {
  return (status >= 300 && status < 400) || (status >= 401 && status <= 404);
}
