import type { Pointing } from '#shared/sky/pointing';
import { chanceAbove } from '../statistics/chi-square.ts';
import { meanOffset, offsetDeg, type Covariance, type Offset, type Sighting } from './offsets.ts';

/** Chi square of a source that stays where it is exceeds this in 1e-6 of all cases. */
const MOTION_CHANCE = 1e-6;
const MIN_AGREEMENT = 0.001;
/** Probability that an unknown source moves, like a satellite. */
const UNKNOWN_MOVES = 0.2;
/** Of this number of unknown satellites, one moves as the source does. */
const UNLISTED = 10;

/** Where a source was relative to a track. */
export interface TrackOffset {
  /** Weighted mean of all sightings, degrees. */
  mean: Offset;
  covariance: Covariance;
  /** Chi square of the sightings around the track shifted by the mean. */
  scatter: number;
}

/** What several sightings tell of the motion of a source; with one, everything agrees. */
export interface SourceMotion {
  /** Chi square of no motion is exceeded by chance in less than 1e-6 of all cases. */
  moves: boolean;
  /** Relative to a direction that stays. */
  still: TrackOffset;
  /** Undefined if the track does not have all the times. */
  offsetFrom: (track: (unixMs: number) => Pointing | undefined) => TrackOffset | undefined;
  /** Whether a chi square of motion is exceeded by chance in more than 0.1 % of all cases. */
  agrees: (scatter: number) => boolean;
  /**
   * Probability of the motion that was measured, of an object with this chi square relative to an
   * unknown source: a source that stays, or one that moves like one of the satellites nearby.
   */
  ratio: (scatter: number) => number;
}

/**
 * The motion of a source.
 * @param nearby Tracks of the satellites around it.
 */
export function motionOf(
  sightings: readonly Sighting[],
  nearby: readonly ((unixMs: number) => Pointing | undefined)[],
): SourceMotion {
  const degrees = 2 * (sightings.length - 1);
  const [first] = sightings;
  const offsetFrom: SourceMotion['offsetFrom'] = (track) => {
    const offsets = sightings.flatMap(({ unixMs, pointing, covariance }) => {
      const predicted = track(unixMs);
      return predicted ? [{ offset: offsetDeg(predicted, pointing), covariance }] : [];
    });
    return offsets.length === sightings.length ? meanOffset(offsets) : undefined;
  };
  const still = offsetFrom(() => first?.pointing) ?? {
    mean: { x: 0, y: 0 },
    covariance: { xx: 0, xy: 0, yy: 0 },
    scatter: 0,
  };
  const likelihood = (scatter: number) => Math.exp(-scatter / 2);
  const moving = nearby.reduce((sum, track) => sum + likelihood(offsetFrom(track)?.scatter ?? Infinity), 1);
  const unknown =
    degrees === 0
      ? 1
      : (1 - UNKNOWN_MOVES) * likelihood(still.scatter) +
        (UNKNOWN_MOVES * moving) / (nearby.length + UNLISTED);
  return {
    moves: degrees > 0 && chanceAbove(still.scatter, degrees) < MOTION_CHANCE,
    still,
    offsetFrom,
    agrees: (scatter) => chanceAbove(scatter, degrees) >= MIN_AGREEMENT,
    ratio: (scatter) => likelihood(scatter) / unknown,
  };
}
