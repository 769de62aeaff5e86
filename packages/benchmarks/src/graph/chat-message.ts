import type { KgMessage } from "@bus/kg-sink";

/** A message whose record is about 600 bytes of JSON, as that of the contract's fixture. */
export function chatMessage(index: number): KgMessage {
  return {
    id: `e1d2c3b4-a5f6-4789-8abc-${index.toString(16).padStart(12, "0")}`,
    threadId: "e1d2c3b4-a5f6-4789-8abc-def012345606",
    content: "hello @john, the graph learns from Kafka what we talk about here",
    createdAt: 1_665_048_001_000,
    updatedAt: 1_665_048_002_000,
    author: {
      id: "5b0d7d1e-2f6c-4f0a-8a0e-0a4d7c1b9e01",
      consoleId: "console-user-7",
      email: "jane.doe@example.com",
      sharing: "all",
    },
    company: { id: "c3a1e8f0-55d2-4f0c-bf0e-2d1f0a9b7c03", consoleId: "console-company-3" },
    workspaceId: "a8f0c1d2-3e4f-4a5b-9c6d-7e8f9a0b1c05",
    channel: { id: "9c2b3a10-7e44-4b5d-8f1a-3d2c1b0a9f04" },
  };
}
