export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
