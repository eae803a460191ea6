import type { ReceiverInfo } from '#proto/common';
import type { MeasureLevelResponse } from '#proto/receivers';
import { SkyScanError } from '#shared/base/errors';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';

/** A receiver as it was found. */
export interface ReceiverReport {
  name: string;
  /** Undefined when it cannot be reached. */
  tuner: ReceiverInfo['tuner'];
  /** Why it cannot be reached, or what is doubtful about it although it can. */
  trouble: string | undefined;
}

/** How a receiver is to be set for a level; without an offset, so that it is in dBFS. */
export type LevelSettings = Required<Omit<ReceiverSettings, 'dbmOffsetDb'>>;

/** A level in dBFS. */
export interface Level {
  meanDbfs: number;
  stdDb: number;
  /** Doubts: `clipped`, `underloaded`, `dropped`, `dc_offset`. */
  flags: string[];
  /** What the tuner really has. */
  gainDb: number;
  /** How the tuner is set for a channel (domain/calibration.ts). */
  tuningVersion: number;
}

/** Throws `invalid` when a number is not finite. */
export function levelFrom({ meanDb, stdDb, flags, gainDb, tuningVersion }: MeasureLevelResponse): Level {
  for (const number of [meanDb, stdDb, gainDb])
    if (!Number.isFinite(number)) throw new SkyScanError('invalid', `the level is no number: ${number}`);
  // Older samplers do not report it.
  return { meanDbfs: meanDb, stdDb, flags, gainDb, tuningVersion: tuningVersion || 1 };
}
