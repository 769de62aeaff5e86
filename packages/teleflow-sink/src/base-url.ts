import { withoutTrailingSlashes } from "@bus/http";

/** The URL of a service with the version of the API at its end, ready for a path. A prefix stays. */
export function baseUrlOf(text: string): string {
  const url = withoutTrailingSlashes(text);
  return new URL(url).pathname.endsWith("/v1") ? url : `${url}/v1`;
}
