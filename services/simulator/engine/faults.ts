/** Faults that can be switched on; all are off by default. */
export interface Faults {
  /** The rotator does not move on any command. */
  stall: boolean;
  /** Error of both readbacks, degrees. */
  jumpDeg: number;
  /** Standard deviation of noise on both readbacks, degrees. */
  noiseDeg: number;
  /** A move ends this far before its target, and a shorter one does not begin, degrees. */
  deadBandDeg: number;
  /** The share of position queries that are refused (RPRT -8), 0 to 1. */
  refusedReadings: number;
  /** rotctld accepts and never answers. */
  rotctldSilent: boolean;
  /** rotctld closes its port and disconnects its clients. */
  rotctldRefuse: boolean;
  /** rtl_tcp keeps its connection and sends nothing. */
  dongleSilent: boolean;
  /** rtl_tcp disconnects its client and refuses new ones. */
  dongleDrop: boolean;
  /** Delay between sampling and sending, milliseconds. */
  dongleLateMs: number;
  /** Sample rate of rtl_tcp; 0: as requested. */
  dongleRateHz: number;
}

export const NO_FAULTS: Faults = {
  stall: false,
  jumpDeg: 0,
  noiseDeg: 0,
  deadBandDeg: 0,
  refusedReadings: 0,
  rotctldSilent: false,
  rotctldRefuse: false,
  dongleSilent: false,
  dongleDrop: false,
  dongleLateMs: 0,
  dongleRateHz: 0,
};
