import type { RotorMotion } from '../sky/kinematics.ts';
import type { HorizonMask, KeepOutSector } from '../sky/obstacles.ts';
import type { Pointing, TravelLimits } from '../sky/pointing.ts';

/** How the receiver is set for a measurement. Without an offset levels are dBFS. */
export interface ReceiverSettings {
  centerFrequencyHz: number;
  bandwidthHz: number;
  gainDb: number;
  /** Integration time of one read. */
  readMs: number;
  dbmOffsetDb?: number | undefined;
  /** Which of the sampler's receivers; without it the one named `default`. */
  receiver?: string;
  /** Error of the receiver's crystal; 0 or absent: what the sampler is configured with. */
  frequencyCorrectionPpm?: number;
  /** Supply an amplifier at the antenna over the cable. */
  biasTee?: boolean;
}

/** The receiver that is meant when nobody names one. */
export const DEFAULT_RECEIVER = 'default';

/** What a receiver may be called; goes for serial numbers of dongles too. */
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
  /** Half-power beam width of its antenna; undefined: not known. */
  beamWidthDeg?: number | undefined;
  /** Whether the travel that its rotctld reports counts beside `limits`; undefined: true. */
  trustLimits?: boolean | undefined;
  /** Whether it keeps SUN_KEEP_OUT_DEG away from the Sun; undefined: true. */
  avoidSun?: boolean | undefined;
}

/** The reported travel as far as the owner of the rotor trusts it. */
export function trustedLimits(
  rotor: Pick<RotorConfig, 'trustLimits'>,
  reported: TravelLimits | undefined,
): TravelLimits | undefined {
  return rotor.trustLimits === false ? undefined : reported;
}
