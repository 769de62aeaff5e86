/** Something that cannot be sent as it is. The words name the field, and show nothing of what it holds. */
export class Misfit extends Error {
  override readonly name = "Misfit";
  /** Such as `to[3].email`; empty for the whole. */
  readonly place: string;
  readonly detail: string;

  constructor(place: string, detail: string, options?: ErrorOptions) {
    super(place === "" ? detail : `${place}: ${detail}`, options);
    this.place = place;
    this.detail = detail;
  }
}
