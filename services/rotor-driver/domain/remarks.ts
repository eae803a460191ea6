import { describeRestOnly, type RestOnly } from './rest-only-readback.ts';
import { formatPointing, outsideLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';

// A resting rotator may report a position a little beyond its stop.
const BEYOND_DEG = 2;

/** The travel that the owner of a rotor configured. */
export interface OwnLimits {
  limits: TravelLimits;
  /** Whether the reported travel applies as well; undefined: true. */
  trustLimits?: boolean | undefined;
}

export interface RotatorFacts {
  position: Pointing;
  reported: TravelLimits | undefined;
  southZero: boolean;
  /** The evidence that the controller reports its position only at rest. */
  restOnly?: RestOnly | undefined;
  /** The change of the position while rotctld was disconnected. */
  reconnectChange?: ReconnectChange | undefined;
}

/** The last position of one connection and the first of the next, without a move command. */
export interface ReconnectChange {
  before: Pointing;
  after: Pointing;
  /** Time between the two readings. */
  seconds: number;
}

/**
 * Contradictions between the rotator and the settings of the rotor, each with the action to take.
 */
export function remarksOn(rotor: OwnLimits, facts: RotatorFacts): string[] {
  const { position, reported, southZero, restOnly, reconnectChange } = facts;
  const remarks: string[] = [];
  const where = formatPointing(position);
  if (southZero)
    remarks.push(
      'rotctld runs with south_zero: it reports the azimuth limits of the controller, which are off by 180 deg in either direction, so the limits above are wider than the travel. Set az_min and az_max of this rotor to its real travel',
    );
  if (reported && rotor.trustLimits !== false && outsideLimits(position, widened(reported)) !== undefined)
    remarks.push(
      `it is at ${where}, outside the limits that rotctld reports (${rangeOf(reported)}); likely causes: an offset (-o, -O of rotctld), south_zero, another model. Set trust_limits to false to use only the limits of this rotor`,
    );
  if (outsideLimits(position, widened(rotor.limits)) !== undefined) {
    const countsNegative = position.azimuthDeg < 0 && rotor.limits.azMinDeg >= 0;
    remarks.push(
      `it is at ${where}, outside the limits of this rotor (${rangeOf(rotor.limits)}); likely causes: ${
        countsNegative
          ? 'its controller counts azimuths west of north as negative. Set az_min to -180 and az_max to 180'
          : 'limits that are too narrow, a lost count. Compare with where the antenna points'
      }`,
    );
  }
  if (reconnectChange)
    remarks.push(
      `its position changed without a command from Sky Scan while rotctld was not connected: ${formatPointing(reconnectChange.before)} before, ${formatPointing(reconnectChange.after)} ${reconnectChange.seconds.toFixed(1)} s later; likely causes: a server that moves its mount home when a client disconnects, a controller that restarted and lost its count, an antenna that was turned by hand. Switch the homing off in the server; else check where the antenna points, and home it if that differs`,
    );
  if (restOnly)
    remarks.push(
      `${describeRestOnly(restOnly)}; likely causes: a controller that does not report while its motors run, a server that repeats an old answer. Measure the speeds with a stopwatch and set them: they decide how long a move may take. Scan in steps: on_the_fly and characterise need a position that is reported in motion`,
    );
  return remarks;
}

function widened({ azMinDeg, azMaxDeg, elMinDeg, elMaxDeg }: TravelLimits): TravelLimits {
  return {
    azMinDeg: azMinDeg - BEYOND_DEG,
    azMaxDeg: azMaxDeg + BEYOND_DEG,
    elMinDeg: elMinDeg - BEYOND_DEG,
    elMaxDeg: elMaxDeg + BEYOND_DEG,
  };
}

function rangeOf({ azMinDeg, azMaxDeg, elMinDeg, elMaxDeg }: TravelLimits): string {
  return `azimuth ${azMinDeg}..${azMaxDeg} deg, elevation ${elMinDeg}..${elMaxDeg} deg`;
}
