import { errorAnswer, type Answer } from "./answer.ts";
import { isNothing, isObject } from "./parse-request.ts";
import type { TeleflowStubOptions, TeleflowStubTrigger, TeleflowWorkflow } from "./teleflow-stub.ts";

/** What refuses a single trigger, and is told by its message in the result of one in a bulk. */
export interface Thrown {
  readonly thrown: Answer;
  readonly message: string;
}

/** What the service makes of a trigger that is well formed; `status` is one other than `processed`. */
export type Judged = { readonly workflow: TeleflowWorkflow } | { readonly status: string } | Thrown;

const STATUS_OF = {
  inactive: "trigger_not_active",
  "no-steps": "no_workflow_steps_defined",
  "no-active-steps": "no_workflow_active_steps_defined",
};

const ACTIVE: TeleflowWorkflow = {};

export class Workflows {
  readonly #workflows: Readonly<Record<string, TeleflowWorkflow>> | undefined;
  readonly #tenants: ReadonlySet<string> | undefined;

  constructor({ workflows, tenants }: TeleflowStubOptions) {
    this.#workflows = workflows;
    this.#tenants = tenants && new Set(tenants);
  }

  judge({ name, tenant, payload }: TeleflowStubTrigger): Judged {
    const workflow = this.#find(name);
    if (!workflow) return thrown(422, "workflow_not_found");
    if (tenant && !this.#hasTenant(tenant)) return { status: "no_tenant_found" };
    const { state = "active", required = [] } = workflow;
    if (state !== "active") return { status: STATUS_OF[state] };
    const missing = required.filter((key) => isNothing(valueAt(payload, key)));
    if (missing.length === 0) return { workflow };
    const keys = missing.map((key) => `${key} (Value)`).join(", ");
    return thrown(400, `payload is missing required key(s) and type(s): ${keys}`);
  }

  #find(name: string): TeleflowWorkflow | undefined {
    if (this.#workflows === undefined) return ACTIVE;
    return Object.hasOwn(this.#workflows, name) ? this.#workflows[name] : undefined;
  }

  #hasTenant(tenant: unknown): boolean {
    const identifier = isObject(tenant) ? tenant["identifier"] : tenant;
    return this.#tenants === undefined || (typeof identifier === "string" && this.#tenants.has(identifier));
  }
}

function thrown(status: number, message: string): Thrown {
  return { thrown: errorAnswer(status, message), message };
}

function valueAt(payload: unknown, key: string): unknown {
  let value = payload;
  for (const part of key.split(".")) value = isObject(value) ? value[part] : undefined;
  return value;
}
