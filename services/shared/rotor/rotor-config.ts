import type { BeamWidths } from '../sky/beam-width.ts';
import type { RotorMotion } from '../sky/kinematics.ts';
import type { HorizonMask, KeepOutSector } from '../sky/obstacles.ts';
import type { PointingModel } from '../sky/pointing-model.ts';
import type { Pointing, TravelLimits } from '../sky/pointing.ts';

/** The receiver settings of a measurement. Without an offset, levels are dBFS. */
export interface ReceiverSettings {
  centerFrequencyHz: number;
  bandwidthHz: number;
  gainDb: number;
  /** Integration time of one read. */
  readMs: number;
  dbmOffsetDb?: number | undefined;
  /** The name of the receiver; absent: `default`. */
  name?: string;
  /** Error of the receiver's crystal; 0 or absent: the configured error of the sampler. */
  frequencyCorrectionPpm?: number;
  /** Power an amplifier at the antenna over the cable. */
  biasTee?: boolean;
}

/** The name of the receiver when none is given. */
export const DEFAULT_RECEIVER = 'default';

/** The form of receiver names and of serial numbers of dongles. */
export const RECEIVER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,31}$/;

/** A rotator as its owner configured it. */
export interface RotorConfig extends RotorMotion {
  id: number;
  name: string;
  host: string;
  port: number;
  limits: TravelLimits;
  toleranceDeg: number;
  settleMs: number;
  park: Pointing;
  parkAfterScan: boolean;
  rssiSource: 'sdr' | 'rotctld' | 'none';
  receiver: ReceiverSettings;
  horizon: HorizonMask;
  keepOut: readonly KeepOutSector[];
  /** Half-power beam width of its antenna; undefined: unknown. */
  beamWidthDeg?: number | undefined;
  /** The same along both axes; undefined: only `beamWidthDeg` is known. */
  beamWidths?: BeamWidths | undefined;
  /** The travel that its rotctld reports applies in addition to `limits`; undefined: true. */
  trustLimits?: boolean | undefined;
  /** It stays SUN_KEEP_OUT_DEG away from the Sun; undefined: true. */
  avoidSun?: boolean | undefined;
  /**
   * Errors of its mount. Setpoints and readbacks of its rotctld are then those of the mount, and so
   * are `limits` and `park`; all other pointings are directions. Absent: both are the same.
   */
  pointingModel?: PointingModel | undefined;
}

/** The reported travel; undefined if the owner of the rotor does not trust it. */
export function trustedLimits(
  rotor: Pick<RotorConfig, 'trustLimits'>,
  reported: TravelLimits | undefined,
): TravelLimits | undefined {
  return rotor.trustLimits === false ? undefined : reported;
}
