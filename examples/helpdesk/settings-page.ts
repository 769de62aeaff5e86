import type { Api } from "./api.ts";

interface Listed {
  readonly id: number;
  readonly name?: string;
  readonly enabled: boolean;
}

/** What a customer's settings page does: all it knows of the desk is its REST API. */
export class SettingsPage {
  readonly #api: Api;
  readonly #accountId: number;
  readonly #token: string;

  constructor(api: Api, accountId: number, token: string) {
    this.#api = api;
    this.#accountId = accountId;
    this.#token = token;
  }

  async list(): Promise<readonly Listed[]> {
    const { webhooks } = (await this.#call("GET")) as { webhooks: readonly Listed[] };
    return webhooks;
  }

  /** Resolves with the secret. */
  async create(webhook: { readonly name: string; readonly url: string }): Promise<string> {
    const { webhook: made } = (await this.#call("POST", "", { webhook })) as { webhook: { secret: string } };
    return made.secret;
  }

  async enable(id: number): Promise<void> {
    await this.#call("PATCH", `/${id}`, { webhook: { enabled: true } });
  }

  // #region call
  async #call(method: string, path = "", body?: object): Promise<unknown> {
    const response = await fetch(`${this.#api.url}/api/v1/accounts/${this.#accountId}/webhooks${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // DELETE is answered with nothing.
    const answer = (text === "" ? {} : JSON.parse(text)) as { payload?: unknown; message?: string };
    if (!response.ok) throw new Error(`The desk says: ${answer.message}`);
    return answer.payload;
  }
  // #endregion call
}
