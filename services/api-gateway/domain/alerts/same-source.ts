import type { AnomalyKind } from '#contract/anomaly-values';
import { separationDeg, type Pointing } from '#shared/sky/pointing';

/** Frequencies in Hz. */
export interface Range {
  from_hz: number;
  to_hz: number;
}

/** Where a change is seen, in one session or by an alert. */
export interface Place extends Pointing {
  kind: AnomalyKind;
  /** Standard deviation on the sky, the larger of both axes, degrees. */
  errorDeg: number;
  /** moved: where the source usually is. */
  from: Pointing | undefined;
  channels: readonly Range[];
}

/**
 * What belongs to one alert. Whether a usual source that is weak is `gone` or `fainter` depends on
 * the noise, and a variable one is brighter and fainter in turn: that is one alert. A source that
 * the baseline does not have stays `new`.
 */
const FAMILIES: Record<AnomalyKind, 'new' | 'level' | 'moved'> = {
  new: 'new',
  brighter: 'level',
  fainter: 'level',
  gone: 'level',
  moved: 'moved',
};

/** Of the errors of both directions. */
const SIGMAS = 3;

/**
 * The distance of two changes of the same source, degrees; undefined: they are of different ones.
 * They are of the same one if they have a common channel, kinds of one family, and directions
 * within three standard deviations, at least within half a beam and at most within a beam. A
 * source that has moved is known by where it usually is.
 */
function sameSourceDeg(a: Place, b: Place, beamWidthDeg: number): number | undefined {
  if (FAMILIES[a.kind] !== FAMILIES[b.kind] || !shareRange(a.channels, b.channels)) return undefined;
  const apartDeg =
    a.kind === 'moved' && a.from && b.from ? separationDeg(a.from, b.from) : separationDeg(a, b);
  const errorsDeg = SIGMAS * Math.hypot(a.errorDeg, b.errorDeg);
  const limitDeg = Math.max(0.5 * beamWidthDeg, Math.min(errorsDeg, beamWidthDeg));
  return apartDeg <= limitDeg ? apartDeg : undefined;
}

function shareRange(a: readonly Range[], b: readonly Range[]): boolean {
  return a.some((one) => b.some((other) => one.from_hz < other.to_hz && other.from_hz < one.to_hz));
}

/**
 * Pairs of the same source, the nearest first, each item in one pair at most: two sources near each
 * other stay two. Earlier items win at equal distances.
 */
export function pairSources<A extends Place, B extends Place>(
  left: readonly A[],
  right: readonly B[],
  beamWidthDeg: number,
): Map<A, B> {
  const near = left
    .flatMap((a) => right.map((b) => ({ a, b, apartDeg: sameSourceDeg(a, b, beamWidthDeg) })))
    .filter((pair): pair is typeof pair & { apartDeg: number } => pair.apartDeg !== undefined)
    .sort((one, other) => one.apartDeg - other.apartDeg);
  const pairs = new Map<A, B>();
  const taken = new Set<B>();
  for (const { a, b } of near) {
    if (pairs.has(a) || taken.has(b)) continue;
    pairs.set(a, b);
    taken.add(b);
  }
  return pairs;
}
