import { gaussianGain } from './beam.ts';
import { fitGroup, type FitInput, type FittedSource, type GroupFit } from './fit-group.ts';
import { groupsOf } from './groups.ts';
import type { Neighbours } from './neighbours.ts';
import { angleBetween, angleOfChord, directionInPlane, tangentPlaneAt } from './sphere.ts';

/** Sources up to this distance are fitted together, in beam widths. */
export const LINKING = 1.5;
/** Beyond this many widths, the model is below 1e-7 of the peak. */
export const MODEL_REACH = 2.5;
/** Signal-to-noise ratio from which on the width is fitted. */
export const WIDTH_SNR = 10;
/**
 * Two sources have two parameters more than one with a width: in noise, chi^2 is lower by 20 once
 * in 20,000.
 */
const SPLIT_GAIN = 20;
/** Half the distance of two sources at the start, in beam widths. */
const SPLIT_START = 0.45;
/** Nearer sources cannot be told from one, in beam widths. */
export const MIN_SEPARATION = 0.4;
const DIRECTIONS = 4;
/** A wide source may have this many peaks in noise; its width at the start, in beam widths. */
const MAX_PEAKS_OF_ONE = 4;
const WIDE_START = 1.5;

const FIXED = { width: false, motion: false };
const WITH_WIDTH = { width: true, motion: false };

/**
 * Fits all sources, those within 1.5 beam widths together, and without the others. A source whose
 * shape is better described by two becomes two. Returns what could be fitted.
 * @param snrOf Signal-to-noise ratio of a source of this kind.
 */
export function fitSources(
  input: FitInput,
  starts: readonly FittedSource[],
  snrOf: (source: FittedSource) => number,
): FittedSource[] {
  const rest = input.level.slice();
  for (const start of starts) addSource(rest, start, -1, input);
  const strongestFirst = [...starts].sort((a, b) => b.amplitude - a.amplitude);
  return groupsOf(strongestFirst, LINKING * input.beamWidth).flatMap((group) => {
    for (const member of group) addSource(rest, member, 1, input);
    const own = { ...input, level: rest };
    const [only] = group;
    const fit = group.length === 1 && only ? fitSingle(own, only, snrOf) : fitBlend(own, group);
    const fitted = (fit?.sources ?? group).filter(({ amplitude }) => amplitude > 0);
    for (const source of fitted) addSource(rest, source, -1, input);
    return fitted;
  });
}

function fitSingle(
  input: FitInput,
  start: FittedSource,
  snrOf: (source: FittedSource) => number,
): GroupFit | undefined {
  const beam = { ...start, width: input.beamWidth, widthSigma: undefined };
  const plain = fitGroup(input, [beam], FIXED);
  const [source] = plain?.sources ?? [];
  if (!plain || !source || snrOf(source) <= WIDTH_SNR) return plain;
  const wide = fitGroup(input, [source], WITH_WIDTH) ?? plain;
  return splitOf(input, source, wide, snrOf) ?? wide;
}

/** Peaks of one wide source stay one source: it describes the points with fewer parameters. */
function fitBlend(input: FitInput, group: readonly FittedSource[]): GroupFit | undefined {
  const several = fitGroup(input, group, FIXED);
  const [strongest] = group;
  if (!several || !strongest || group.length > MAX_PEAKS_OF_ONE) return several;
  const total = group.reduce((sum, { amplitude }) => sum + amplitude, 0);
  const middle = ([0, 1, 2] as const).map((axis) =>
    group.reduce((sum, { amplitude, direction }) => sum + (amplitude / total) * direction[axis], 0),
  );
  const length = Math.hypot(...middle);
  const [x, y, z] = middle.map((part) => part / length) as [number, number, number];
  const start = { ...strongest, direction: [x, y, z] as const, width: WIDE_START * input.beamWidth };
  const one = fitGroup(input, [start], WITH_WIDTH);
  const saved = 3 * (group.length - 1) - 1;
  return one && misfitOf(one) < misfitOf(several) + 2 * saved ? one : several;
}

/** Fits of different points are compared by their deviation from the expected chi^2. */
function misfitOf({ chiSquare, values }: GroupFit): number {
  return chiSquare - values;
}

/** Of the distance, as if the positions were independent. */
function errorOf(...sources: readonly FittedSource[]): number {
  return Math.sqrt(sources.reduce((sum, { covariance: [xx, , yy] }) => sum + xx + yy, 0));
}

/** Two sources instead of one, if they describe the points much better. */
function splitOf(
  input: FitInput,
  source: FittedSource,
  one: GroupFit,
  snrOf: (source: FittedSource) => number,
): GroupFit | undefined {
  // Without a deviation from the model there is nothing to gain.
  if (one.chiSquare - one.values < SPLIT_GAIN - 2 * Math.sqrt(2 * one.values)) return undefined;
  const plane = tangentPlaneAt(source.direction);
  let best: GroupFit | undefined;
  for (let k = 0; k < DIRECTIONS; k++) {
    const angle = (k * Math.PI) / DIRECTIONS;
    const [x, y] = [Math.cos(angle), Math.sin(angle)].map((part) => part * SPLIT_START * input.beamWidth);
    const halves = [1, -1].map((sign) => ({
      ...source,
      amplitude: source.amplitude / 2,
      direction: directionInPlane(plane, sign * (x as number), sign * (y as number)),
    }));
    const fit = fitGroup(input, halves, FIXED);
    if (fit && fit.chiSquare < (best?.chiSquare ?? Infinity)) best = fit;
  }
  const [a, b] = best?.sources ?? [];
  if (!best || !a || !b) return undefined;
  // A source that moves along the rows has a long image as well.
  const moving = fitGroup(input, [source], { width: false, motion: true });
  if (moving && misfitOf(moving) < misfitOf(best)) return undefined;
  const gain = misfitOf(one) - misfitOf(best);
  const distance = angleBetween(a.direction, b.direction);
  const isApart = distance >= MIN_SEPARATION * input.beamWidth && distance >= 2 * errorOf(a, b);
  return gain >= SPLIT_GAIN && isApart && Math.min(snrOf(a), snrOf(b)) >= WIDTH_SNR / 2 ? best : undefined;
}

/** Adds a source to levels, `sign` times. */
export function addSource(
  level: Float64Array,
  { direction, amplitude, width }: FittedSource,
  sign: number,
  { neighbours }: { neighbours: Neighbours },
): void {
  const count = neighbours.near(direction, Math.min(Math.PI, MODEL_REACH * width));
  for (let n = 0; n < count; n++) {
    const point = neighbours.index[n] as number;
    const gain = gaussianGain(angleOfChord(neighbours.chordSquare[n] as number), width);
    level[point] = (level[point] as number) + sign * amplitude * gain;
  }
}
