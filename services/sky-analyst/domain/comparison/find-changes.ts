import { isStructure, search } from '../finder/find-sources.ts';
import { addSource } from '../finder/fit-sources.ts';
import type { FittedSource } from '../finder/fit-group.ts';
import { isSideLobe } from '../finder/flags.ts';
import type { PreparedMap } from '../finder/prepared-map.ts';
import { angleBetween } from '../finder/sphere.ts';
import { prepareDifference, type DifferenceMap } from './difference-map.ts';
import { sourceChanges, type SourceChange } from './source-changes.ts';
import type { UsualSource } from './usual-sources.ts';

export interface Changes {
  usual: UsualSource[];
  /** Of sources of the baseline, also those that are too small to be reported. */
  changes: SourceChange[];
  /** Sources that the baseline does not have, and how much they stand out. */
  added: FittedSource[];
  /** Of the difference, with all that has changed. */
  prepared: PreparedMap;
}

/** Changes lower than this part of the threshold are not worth the search for the usual sources. */
const CANDIDATE_SHARE = 0.75;
/** A source and what is new near it are fitted twice, the second time without each other. */
const ROUNDS = 2;
const MAX_SOURCES = 500;

/**
 * What has changed: sources of the baseline that differ, and sources that it does not have. The
 * sources of the baseline are asked for only if something has changed.
 */
export function findChanges(
  map: DifferenceMap,
  usualOf: () => UsualSource[],
  thresholdSigma: number,
): Changes | undefined {
  const first = prepareDifference(map, map.difference, [], undefined);
  const limit = CANDIDATE_SHARE * thresholdSigma;
  if (!first.ratios.some((ratio) => Math.abs(ratio) >= limit)) return undefined;
  const usual = usualOf();
  const fitted = usual.map((each) => each.fitted);
  const model = new Float64Array(map.usual.length);
  for (const source of fitted) addSource(model, source, 1, map.points);
  const prepared = prepareDifference(map, map.difference, [], model);
  let changes: SourceChange[] = [];
  let added: FittedSource[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    changes = sourceChanges(map, prepared, fitted, added);
    const rest = withoutChanges(map, changes);
    const prepare = (sources: readonly FittedSource[]) => prepareDifference(map, rest, sources, model);
    const found = search(map.points, prepare, { thresholdSigma, maxSources: MAX_SOURCES }, () => undefined);
    added = found.sources.filter(
      (source) => !isExplained(source, found.sources, changes, map.points.beamWidth),
    );
    if (added.length === 0) break;
  }
  return { usual, changes, added, prepared };
}

/** The difference without the changes of the sources of the baseline. */
function withoutChanges(map: DifferenceMap, changes: readonly SourceChange[]): Float64Array {
  const rest = map.difference.slice();
  for (const { usual, now } of changes) {
    addSource(rest, usual, 1, map.points);
    if (now) addSource(rest, now, -1, map.points);
  }
  return rest;
}

/** Side lobes and errors of the shape of a stronger change. */
function isExplained(
  source: FittedSource,
  found: readonly FittedSource[],
  changes: readonly SourceChange[],
  beamWidth: number,
): boolean {
  const changed = changes.flatMap(({ usual, now, change }) => {
    const moved = now && angleBetween(now.direction, usual.direction) > 0.1 * beamWidth;
    const sizes = moved ? [usual.amplitude, now.amplitude] : [Math.abs(change)];
    return sizes.map((amplitude, k) => ({ ...(k === 0 ? usual : (now ?? usual)), amplitude }));
  });
  const others = [...found.filter((other) => other !== source), ...changed];
  return (
    isSideLobe(source, others, beamWidth) || changed.some((other) => isStructure(source, other, beamWidth))
  );
}
