import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { PATH, TOKEN } from "./a-push-source.ts";

/** The beginning of a push, up to its body's headers. */
export const HEAD: string = `POST ${PATH} HTTP/1.1\r\nHost: chat.test\r\nAuthorization: Token ${TOKEN}\r\nContent-Type: application/json\r\n`;

export async function aSocket(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** What is on the wire after `sent`, until the server closes. */
export async function exchange(url: string, sent: string): Promise<string> {
  const socket = await aSocket(url);
  socket.write(sent);
  return text(socket);
}

/** Sends chunks for as long as anybody takes them: how many bytes that were, and what was answered. */
export async function pour(
  url: string,
  head: string,
  chunk: string,
): Promise<{ readonly taken: number; readonly answer: string }> {
  const socket = await aSocket(url);
  let answer = "";
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined).on("data", (data) => (answer += String(data)));
  const fill = (): void => {
    while (socket.writable && socket.write(chunk));
  };
  socket.write(head);
  socket.on("drain", fill);
  fill();
  await closed;
  return { taken: socket.bytesWritten - socket.writableLength, answer };
}
