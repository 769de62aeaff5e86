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
export type { FaultOutcomes } from "./sink-suite/fault-outcomes.ts";
export {
  httpTarget,
  type HttpTargetAnswer,
  type HttpTargetOptions,
  type HttpTargetRequest,
} from "./sink-suite/http-target.ts";
export type { SampleEvent } from "./sink-suite/sink-subject.ts";
export { sinkSuite, type SinkSuiteOptions } from "./sink-suite/sink-suite.ts";
export type { OpenTarget, SinkTarget, TargetFault, TargetItem } from "./sink-suite/sink-target.ts";
export { httpUpstream, type HttpUpstreamOptions } from "./source-suite/http-upstream.ts";
export { sourceSuite, type SourceSuiteOptions } from "./source-suite/source-suite.ts";
export type { Offer, OfferAnswer, OfferFault, OpenUpstream, SourceUpstream } from "./source-suite/source-upstream.ts";
export { storeSuite, type StoreSuiteOptions } from "./store-suite/store-suite.ts";
export type { KnownFailures, TestFunction } from "./suite/declare-tests.ts";
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
