import { linearToDb } from '#shared/sky/units';
import { describeSources, type Source } from '../finder/describe-sources.ts';
import { addSource } from '../finder/fit-sources.ts';
import type { FittedSource } from '../finder/fit-group.ts';
import { isSideLobe, visibilityOf } from '../finder/flags.ts';
import type { ChannelRange } from '../finder/merge-channels.ts';
import type { PreparedMap } from '../finder/prepared-map.ts';
import { angleBetween, pointingOf } from '../finder/sphere.ts';
import type { SessionSource } from '../session/session-map.ts';
import { isSamePower, kindOf, powerChange } from './classify-change.ts';
import type { Anomaly } from './compared-session.ts';
import type { DifferenceMap } from './difference-map.ts';
import type { Changes } from './find-changes.ts';
import type { SourceChange } from './source-changes.ts';
import type { IsNearSun } from './sun-cells.ts';

/**
 * A source that has appeared within this distance of one that is gone is the same, in beam
 * widths.
 */
const MAX_MOVE = 5;
/** A new source so near to one of the baseline is that source, in beam widths. */
const SAME_PLACE = 0.4;
const MIN_BRIGHTER_DB = 1;
const DB_PER_RATIO = 10 / Math.LN10;

interface Found {
  kind: Anomaly['kind'];
  /** As it is now; undefined: gone. */
  now: FittedSource | undefined;
  usual: FittedSource | undefined;
  z: number | undefined;
  changeDb: number;
  changeErrorDb: number;
}

/** The anomalies of a band, one for each source. */
export function describeAnomalies(
  map: DifferenceMap,
  { usual, changes, added, prepared }: Changes,
  thresholdSigma: number,
  band: ChannelRange,
  isNearSun: IsNearSun,
): Anomaly[] {
  const { beamWidth } = map.points;
  const kinds = new Map(changes.map((change) => [change, kindOf(change, thresholdSigma, beamWidth)]));
  const strong = changes.map(({ usual: source, now, change }) => ({
    ...source,
    amplitude: now ? Math.abs(change) : source.amplitude,
  }));
  const isOfSideLobe = ({ usual: source, change }: SourceChange) =>
    isSideLobe({ ...source, amplitude: Math.abs(change) }, [...strong, ...added], beamWidth);
  const reported = changes.filter((change) => kinds.get(change) !== undefined && !isOfSideLobe(change));
  const free = new Set(added);
  // The Sun is none that has moved there.
  const mayHaveMoved = () =>
    [...free].filter((source) => !isNearSun(source.direction, nearestOf(map, map.points.timeMs, source)));
  const found = reported.map((change): Found => {
    const kind = kinds.get(change) as Anomaly['kind'];
    const { usual: source, z } = change;
    if (kind !== 'gone') {
      const { changeDb, errorDb } = powerChange(change);
      const signed = kind === 'moved' ? Math.abs(z) : Math.sign(changeDb) * Math.abs(z);
      return { kind, now: change.now, usual: source, z: signed, changeDb, changeErrorDb: errorDb };
    }
    const goal = movedTo(change, mayHaveMoved(), beamWidth);
    if (!goal) return { ...goneFrom(map, prepared, change), z: -Math.abs(z) };
    free.delete(goal);
    const { changeDb, errorDb } = powerChange({ ...change, change: goal.amplitude - source.amplitude });
    return { kind: 'moved', now: goal, usual: source, z: Math.abs(z), changeDb, changeErrorDb: errorDb };
  });
  for (const source of free) {
    const usualSource = usual.find(
      ({ fitted }) => angleBetween(fitted.direction, source.direction) < SAME_PLACE * beamWidth,
    );
    const next = usualSource
      ? brighterBy(map, prepared, source, usualSource.fitted)
      : newAt(map, prepared, source);
    if (next) found.push(next);
  }
  return withSources(map, prepared, found, usual, band);
}

/** The new source that a source has become. */
function movedTo(
  change: SourceChange,
  added: readonly FittedSource[],
  beamWidth: number,
): FittedSource | undefined {
  const { usual } = change;
  return added
    .map((source) => ({ source, distance: angleBetween(source.direction, usual.direction) }))
    .filter(
      ({ source, distance }) =>
        distance <= MAX_MOVE * beamWidth &&
        isSamePower(powerChange({ ...change, change: source.amplitude - usual.amplitude })),
    )
    .sort((a, b) => a.distance - b.distance)[0]?.source;
}

function goneFrom(map: DifferenceMap, prepared: PreparedMap, change: SourceChange): Found {
  const { usual, sigma } = change;
  const level = nearestOf(map, prepared.background, usual) + usual.amplitude;
  const now = level + Math.max(-usual.amplitude, change.change);
  return {
    kind: 'gone',
    now: undefined,
    usual,
    z: change.z,
    changeDb: linearToDb(now / level),
    changeErrorDb: (DB_PER_RATIO * sigma) / now,
  };
}

function newAt(map: DifferenceMap, prepared: PreparedMap, source: FittedSource): Found {
  const level = nearestOf(map, map.usual, source);
  return {
    kind: 'new',
    now: source,
    usual: undefined,
    z: undefined,
    changeDb: linearToDb(1 + source.amplitude / level),
    changeErrorDb: (DB_PER_RATIO * amplitudeSigma(prepared, source)) / (level + source.amplitude),
  };
}

/** What the fit of a source of the baseline could not describe. */
function brighterBy(
  map: DifferenceMap,
  prepared: PreparedMap,
  source: FittedSource,
  usual: FittedSource,
): Found | undefined {
  const sigma = amplitudeSigma(prepared, source);
  const { changeDb, errorDb } = powerChange({ usual, change: source.amplitude, sigma });
  if (changeDb < MIN_BRIGHTER_DB) return undefined;
  const now = { ...source, amplitude: usual.amplitude + source.amplitude };
  return { kind: 'brighter', now, usual, z: undefined, changeDb, changeErrorDb: errorDb };
}

function amplitudeSigma({ filter, correlation }: PreparedMap, { direction }: FittedSource): number {
  return filter.at(direction).sigma * correlation;
}

/** The value of the point nearest to a source. */
function nearestOf(
  { points: { neighbours } }: DifferenceMap,
  values: Float64Array,
  { direction }: FittedSource,
): number {
  for (let radius = 0.01; radius < 4; radius *= 2) {
    const count = neighbours.near(direction, radius);
    let nearest = -1;
    for (let n = 0; n < count; n++)
      if (nearest < 0 || (neighbours.chordSquare[n] as number) < (neighbours.chordSquare[nearest] as number))
        nearest = n;
    if (nearest >= 0) return values[neighbours.index[nearest] as number] as number;
  }
  return NaN;
}

/** Describes the sources as the source finder does: what the session has of them. */
function withSources(
  map: DifferenceMap,
  prepared: PreparedMap,
  found: readonly Found[],
  usual: Changes['usual'],
  channel: ChannelRange,
): Anomaly[] {
  const model = new Float64Array(prepared.above.length);
  for (const { usual: source } of found) if (source) addSource(model, source, 1, map.points);
  const above = prepared.above.map((value, k) => value + (model[k] as number));
  const present = found
    .filter(({ now }) => now !== undefined)
    .sort((a, b) => (b.now as FittedSource).amplitude - (a.now as FittedSource).amplitude);
  const columns = { clipped: map.clipped, interference: undefined };
  const described = describeSources(
    map.points,
    { ...prepared, above, model },
    present.map(({ now }) => now as FittedSource),
    columns,
  );
  const ofBand = (source: Source): SessionSource => ({
    ...source,
    channels: [channel],
    occupancy: undefined,
    isNarrow: false,
  });
  return found.map((each) => {
    const { kind, changeDb, changeErrorDb, usual: from } = each;
    const place = present.indexOf(each);
    const source = place >= 0 ? (described[place] as Source) : goneSource(map, each, usual);
    return {
      kind,
      source: ofBand(source),
      z: each.z ?? source.snr,
      changeDb,
      changeErrorDb: Number.isFinite(changeErrorDb) ? changeErrorDb : undefined,
      from: kind === 'moved' && from ? pointingOf(from.direction) : undefined,
    };
  });
}

/** The source of the baseline, with the times at which the session did not see it. */
function goneSource(map: DifferenceMap, { usual }: Found, all: Changes['usual']): Source {
  const { fitted, source } = all.find(({ fitted: each }) => each === usual) as Changes['usual'][number];
  const seen = visibilityOf(fitted, map.points.neighbours, {
    ...map.points,
    clipped: map.clipped,
    interference: undefined,
  });
  const { firstSeenMs, lastSeenMs } = seen;
  return { ...source, firstSeenMs, lastSeenMs, sightings: [] };
}
