export const TYPE = "message.created";

/** One and the same: what it costs to make is nobody's dispatch. */
export const MESSAGE: object = { id: 7, text: "hello" };
