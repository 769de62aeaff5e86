export const KINDS = ["sink", "source"] as const;
export type PluginKind = (typeof KINDS)[number];

/** By a function, or by a class with decorators. */
export const FORMS = ["factory", "class"] as const;
export type PluginForm = (typeof FORMS)[number];

/** What decides about a new plugin. */
export interface PluginChoices {
  /** Where its package is written: a folder that does not exist, or is empty but for `.git`. */
  readonly folder: string;
  readonly kind: PluginKind;
  readonly form: PluginForm;
  /** Of the package, as npm has it. */
  readonly name: string;
}
