import { execFile } from "node:child_process";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { CERTIFICATE } from "./test-certificate.ts";
import { anHttpServer, anHttpsServer, aRequest, aTcpServer, aTransport, failing } from "./test-server.ts";
import { TRANSPORTS } from "./transports.ts";

const run = promisify(execFile);

describe.each(TRANSPORTS)("over $name", ({ name, make }) => {
  describe("sockets", () => {
    it("are kept for the next request to the same target", async () => {
      const sockets = new Set();
      const server = await anHttpServer((request, response) => {
        sockets.add(request.socket);
        response.end("done");
      });
      const transport = aTransport(make);

      for (let turn = 0; turn < 3; turn += 1) await transport.request(aRequest(server.url));

      expect(sockets.size).toBe(1);
    });

    it("serve one request at a time, and at most 32 for a target are kept", async () => {
      const all = Promise.withResolvers<void>();
      const closed = Promise.withResolvers<void>();
      let busy = 0;
      let open = 0;
      const server = await anHttpServer((request, response) => {
        busy += 1;
        open += 1;
        request.socket.once("close", () => {
          open -= 1;
          if (open === 32) closed.resolve();
        });
        if (busy === 40) all.resolve();
        void all.promise.then(() => response.end());
      });
      const transport = aTransport(make);

      await Promise.all(Array.from({ length: 40 }, () => transport.request(aRequest(server.url))));
      await closed.promise;

      expect(open).toBe(32);
    });

    it("are not kept when the server is about to close them", async () => {
      const sockets = new Set();
      const server = await anHttpServer((request, response) => {
        sockets.add(request.socket);
        response.writeHead(200, { "keep-alive": "timeout=1" }).end();
      });
      const transport = aTransport(make);

      for (let turn = 0; turn < 2; turn += 1) await transport.request(aRequest(server.url));

      expect(sockets.size).toBe(2);
    });

    it("are closed when the target sends what nobody has asked for", async () => {
      const closed = Promise.withResolvers<void>();
      const server = await aTcpServer((socket) => {
        socket.once("close", () => closed.resolve());
        const answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        socket.write(answer, () => setTimeout(() => socket.write(answer.replace("200", "299")), 20));
      });
      const transport = aTransport(make);

      const first = await transport.request(aRequest(server.url));
      await closed.promise;
      const second = await transport.request(aRequest(server.url));

      expect([first.status, second.status]).toEqual([200, 200]);
    });

    it("do not keep the process alive while they wait", async () => {
      const server = await anHttpServer((_request, response) => response.end());
      const source = new URL("../src/index.ts", import.meta.url).href;
      const script = `
        const { ${name}Transport } = await import(${JSON.stringify(source)});
        const transport = ${name}Transport({ allow: ["127.0.0.1"] });
        const answer = await transport.request({ method: "GET", url: "${server.url}", deadlineMs: 5_000 });
        console.log(answer.status);
      `;

      const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { timeout: 4_000 });

      expect(stdout).toBe("200\n");
    });

    it("are closed by stop, busy ones too, and their requests fail", async () => {
      const arrived = Promise.withResolvers<void>();
      const closed = Promise.withResolvers<void>();
      const server = await aTcpServer((socket) => {
        socket.once("close", () => closed.resolve());
        arrived.resolve();
      });
      const transport = make({ allow: ["127.0.0.1"] });
      const pending = transport.request(aRequest(server.url)).catch((error: unknown) => error);
      await arrived.promise;

      await transport.stop();
      await transport.stop();

      expect(await pending).toEqual(failing("BUS_NOT_RUNNING"));
      await closed.promise;
      await expect(transport.request(aRequest(server.url))).rejects.toEqual(failing("BUS_NOT_RUNNING"));
    });
  });

  describe("https", () => {
    const defaults = getCACertificates("default");
    afterAll(() => setDefaultCACertificates(defaults));

    it("refuses a certificate that nobody vouches for", async () => {
      const server = await anHttpsServer((_request, response) => response.end());

      await expect(aTransport(make).request(aRequest(server.url))).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT/);
    });

    it("checks the certificate against the name, on pinned addresses too", async () => {
      setDefaultCACertificates([...defaults, CERTIFICATE]);
      const server = await anHttpsServer((request, response) => response.end(request.headers.host));
      const transport = aTransport(make, { resolve: async () => [{ address: "127.0.0.1", family: 4 }] });

      const answer = await transport.request(aRequest(`https://hooks.example:${server.port}/`));

      expect(Buffer.from(answer.body).toString()).toBe(`hooks.example:${server.port}`);
      await expect(transport.request(aRequest(`https://other.example:${server.port}/`))).rejects.toThrow(
        /ERR_TLS_CERT_ALTNAME_INVALID/,
      );
    });
  });
});
