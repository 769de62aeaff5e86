/** What the caller has to mend: shown without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
