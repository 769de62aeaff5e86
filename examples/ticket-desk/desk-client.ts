/** What callers do at the desk: all they know of it is its URL and their token. */
export class DeskClient {
  readonly #url: string;
  readonly #authorization: string;

  constructor(url: string, authorization = "Bearer the token of Acme") {
    this.#url = url;
    this.#authorization = authorization;
  }

  /** Resolves with the webhook's secret. */
  async registerWebhook(url: string): Promise<string> {
    const response = await this.post("/api/v1/accounts/acme/webhooks", { webhook: { url } });
    const { payload } = (await response.json()) as { payload: { webhook: { secret: string } } };
    return payload.webhook.secret;
  }

  openTicket(form: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.post("/tickets", form, headers);
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, { headers: { authorization: this.#authorization } });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method: "POST",
      headers: { authorization: this.#authorization, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }
}
