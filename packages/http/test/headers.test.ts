import { describe, expect, it } from "vitest";
import { checkHeaders } from "../src/index.ts";

describe("checkHeaders", () => {
  it("accepts ordinary headers", () => {
    const headers = {
      "X-Trino-Event": "message_created",
      authorization: "Bearer abc",
      "x-name": "é\t1",
      "x-empty": "",
    };

    expect(() => checkHeaders(headers)).not.toThrow();
  });

  it.each([
    "content-length",
    "Content-Length",
    "transfer-encoding",
    "host",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "http2-settings",
    "Proxy-Authorization",
    "proxy-connection",
  ])("refuses %s, which is the transport's", (name) => {
    expect(() => checkHeaders({ [name]: "1" })).toThrow(expect.objectContaining({ code: "BUS_HEADER_INVALID" }));
  });

  it.each(["", "a b", "a:b", "a\r\nx", "a\0", "é", "content-length ", "\tte"])("refuses the name %j", (name) => {
    expect(() => checkHeaders({ [name]: "1" })).toThrow(expect.objectContaining({ code: "BUS_HEADER_INVALID" }));
  });

  it.each(["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "\x7f", "日本", "a\u010ab"])("refuses the value %j", (value) => {
    expect(() => checkHeaders({ "x-a": value })).toThrow(expect.objectContaining({ code: "BUS_HEADER_INVALID" }));
  });

  it("refuses a value that is no string", () => {
    const headers = { "x-a": ["1", "2"] } as unknown as Record<string, string>;

    expect(() => checkHeaders(headers)).toThrow(expect.objectContaining({ code: "BUS_HEADER_INVALID" }));
  });

  it("refuses one header in two spellings", () => {
    expect(() => checkHeaders({ "X-A": "1", "x-a": "2" })).toThrow(/given twice/);
  });

  it("never shows the value", () => {
    expect(() => checkHeaders({ authorization: "Bearer secret\n" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });
});
