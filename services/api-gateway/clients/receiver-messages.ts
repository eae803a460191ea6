import type { ReceiverInfo } from '#proto/common';
import type { MeasureLevelResponse } from '#proto/receivers';
import { SkyScanError } from '#shared/base/errors';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';

/** The state of a receiver. */
export interface ReceiverReport {
  name: string;
  /** Undefined if it cannot be reached. */
  tuner: ReceiverInfo['tuner'];
  /** Why it cannot be reached, or a problem of a reachable receiver. */
  trouble: string | undefined;
}

/** Receiver settings for measuring a level; without an offset, so in dBFS. */
export type LevelSettings = Required<Omit<ReceiverSettings, 'dbmOffsetDb'>>;

/** A level in dBFS. */
export interface Level {
  meanDbfs: number;
  stdDb: number;
  /** Reasons to doubt the level: `clipped`, `underloaded`, `dropped`, `dc_offset`. */
  flags: string[];
  /** Actual gain of the tuner. */
  gainDb: number;
  /** How the tuner is tuned to a channel (domain/calibration.ts). */
  tuningVersion: number;
}

/** Throws `invalid` when a number is not finite. */
export function levelFrom({ meanDb, stdDb, flags, gainDb, tuningVersion }: MeasureLevelResponse): Level {
  for (const number of [meanDb, stdDb, gainDb])
    if (!Number.isFinite(number)) throw new SkyScanError('invalid', `the level is not a number: ${number}`);
  // Older samplers do not report the version.
  return { meanDbfs: meanDb, stdDb, flags, gainDb, tuningVersion: tuningVersion || 1 };
}
