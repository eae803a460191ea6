import { joinGains } from './join-gains.ts';
import { measurePattern } from './measure-pattern.ts';
import type { AntennaPattern, PatternScan, PatternSettings } from './pattern.ts';

/**
 * The pattern of an antenna from one scan, or from two with different gains. Throws as
 * `measurePattern` and `joinGains`.
 */
export function measureJoined(
  scan: PatternScan,
  high: PatternScan | undefined,
  settings: PatternSettings,
): AntennaPattern {
  if (!high) return measurePattern(scan, settings);
  const { scan: both, join, warnings } = joinGains(scan, high, settings.alongPlanes);
  const pattern = measurePattern(both, settings);
  return { ...pattern, gainJoin: join, warnings: [...pattern.warnings, ...warnings] };
}
