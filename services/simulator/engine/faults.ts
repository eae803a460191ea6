/** What can go wrong on demand; everything off by default. */
export interface Faults {
  /** The rotator stands still whatever it is told. */
  stall: boolean;
  /** Both readbacks are off by this, degrees; 0: right. */
  jumpDeg: number;
  /** Standard deviation of noise on both readbacks, degrees. */
  noiseDeg: number;
  /** A move ends so far before its target, and a shorter one does not begin, degrees. */
  deadBandDeg: number;
  /** The share of position queries that are refused (RPRT -8), 0 to 1. */
  refusedReadings: number;
  /** rotctld accepts and never answers. */
  rotctldSilent: boolean;
  /** rotctld's port is closed, its clients are thrown out. */
  rotctldRefuse: boolean;
  /** rtl_tcp keeps its connection and sends nothing. */
  dongleSilent: boolean;
  /** rtl_tcp's client is thrown out, and whoever comes back. */
  dongleDrop: boolean;
  /** Samples leave rtl_tcp this much after they are taken, milliseconds. */
  dongleLateMs: number;
  /** rtl_tcp sends this many samples a second; 0: as many as requested. */
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
