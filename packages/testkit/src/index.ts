export { storeSuite, type StoreSuiteOptions, type TestFunction } from "./store-suite/store-suite.ts";
export type { HostConnection } from "./store-suite/store-test.ts";
export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
