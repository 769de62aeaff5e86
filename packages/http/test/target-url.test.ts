import { describe, expect, it } from "vitest";
import { parseTargetUrl } from "../src/index.ts";

describe("parseTargetUrl", () => {
  it.each([
    ["https://example.com/hook?a=1", "example.com"],
    ["HTTP://EXAMPLE.com", "example.com"],
    ["http://localhost.:8080/", "localhost."],
    ["http://2130706433/", "127.0.0.1"],
    ["http://0x7f.1/", "127.0.0.1"],
    ["http://0177.0.0.1/", "127.0.0.1"],
    ["http://127.1/", "127.0.0.1"],
    ["http://127.0.0.1./", "127.0.0.1"],
    ["http://①②⑦.0.0.1/", "127.0.0.1"],
    ["http://[::ffff:127.0.0.1]/", "[::ffff:7f00:1]"],
  ])("reads %s", (text, hostname) => {
    expect(parseTargetUrl(text).hostname).toBe(hostname);
  });

  it.each([
    "",
    "hook",
    "/hook",
    "//example.com",
    "ftp://example.com",
    "file:///etc/passwd",
    "unix:/var/run/docker.sock",
    "javascript:alert(1)",
    "http:example.com",
    "http:/example.com",
    "http:///example.com",
    "http:\\\\example.com",
    "http://",
    "http://?a",
    " http://example.com",
    "http://exa\nmple.com",
    "http://example.com/a b",
    "http://example.com:99999",
    "http://[::1",
    "http://999.1.1.1.1/",
  ])("refuses %j", (text) => {
    expect(() => parseTargetUrl(text)).toThrow(expect.objectContaining({ code: "BUS_URL_INVALID" }));
  });

  it.each([
    "https://user:hunter2@example.com/?token=hunter2",
    "https://hunter2@example.com",
    "https://:hunter2@example.com",
  ])("refuses the credentials of %s without showing them", (text) => {
    expect(() => parseTargetUrl(text)).toThrow(
      expect.objectContaining({ code: "BUS_URL_INVALID", message: expect.not.stringContaining("hunter2") }),
    );
  });
});
