/** What is no absolute http or https URL with a host, for endpoints and registered webhooks alike. */
export const REFUSED_URLS: readonly unknown[] = [
  undefined,
  null,
  7,
  "",
  "crm.test/hook",
  "/hook",
  "ftp://crm.test",
  "http://",
  "http:///hook",
  "javascript:alert(1)",
  "https://a b/",
  "https://user:pass@crm.test/",
];
