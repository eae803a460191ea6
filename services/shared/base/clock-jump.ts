import { formatDuration } from './durations.ts';

/**
 * A change of the computer's clock: positive when it was set ahead, with the Unix time afterwards.
 */
export interface ClockJump {
  byMs: number;
  atUnixMs: number;
}

/** `the clock of this computer was set 3 h ahead` */
export function describeJump({ byMs }: ClockJump): string {
  return `the clock of this computer was set ${formatDuration(Math.abs(byMs) / 1000)} ${byMs > 0 ? 'ahead' : 'back'}`;
}
