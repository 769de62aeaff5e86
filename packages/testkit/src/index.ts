export type { KafkaRestDialect } from "./kafka-rest-stub/dialect.ts";
export type { KafkaRestFaults, RecordFault, RequestFault } from "./kafka-rest-stub/kafka-rest-faults.ts";
export {
  kafkaRestStub,
  type KafkaRestStub,
  type KafkaRestStubOptions,
  type StoredRecord,
  type StubRecord,
  type StubRequest,
} from "./kafka-rest-stub/kafka-rest-stub.ts";
export { storeSuite, type StoreSuiteOptions, type TestFunction } from "./store-suite/store-suite.ts";
export type { HostConnection } from "./store-suite/store-test.ts";
export type { TeleflowFaults, TeleflowRequestFault, TeleflowTriggerFault } from "./teleflow-stub/teleflow-faults.ts";
export {
  teleflowStub,
  type DroppedTrigger,
  type TeleflowNotification,
  type TeleflowOperation,
  type TeleflowRateLimit,
  type TeleflowStub,
  type TeleflowStubOptions,
  type TeleflowStubRequest,
  type TeleflowStubTrigger,
  type TeleflowWorkflow,
} from "./teleflow-stub/teleflow-stub.ts";
export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
