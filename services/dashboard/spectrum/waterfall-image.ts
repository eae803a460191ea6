import type { Waterfall } from '#contract/rest/spectra';
import { autoRange, type LevelRange } from '#sky-map/range';
import type { Band } from '../sessions/selection-address.ts';
import { shownScale } from './band-query.ts';

/** A waterfall as an image: one line per row, the oldest at the top. */
export interface WaterfallImage {
  width: number;
  height: number;
  /** Line by line, as shown; NaN: not known. */
  values: Float32Array;
  /** The frequencies at the left and the right edge. */
  view: Band;
  firstSeq: number;
  pointsPerRow: number;
}

export function imageOf(answer: Waterfall): WaterfallImage {
  const { rows, channels, statistic, first_channel_hz, channel_hz, first_seq, points_per_row } = answer;
  const scale = shownScale(statistic);
  const values = new Float32Array(rows.length * channels);
  rows.forEach((row, line) =>
    row.forEach((value, column) => (values[line * channels + column] = value === null ? NaN : value * scale)),
  );
  const fromHz = first_channel_hz - channel_hz / 2;
  return {
    width: channels,
    height: rows.length,
    values,
    view: { fromHz, toHz: fromHz + channels * channel_hz },
    firstSeq: first_seq,
    pointsPerRow: points_per_row,
  };
}

// A span that shows both the noise and most carriers.
const MAX_SPAN_DB = 50;

/**
 * The colour range of levels, from their 1st percentile to the highest one. The 99th percentile
 * would make a narrow carrier look like any other level above the noise.
 */
export function waterfallRange(values: Float32Array): LevelRange | undefined {
  const usual = autoRange(values);
  if (!usual) return undefined;
  const highest = values.reduce((max, value) => (value > max ? value : max), usual.max);
  return { min: usual.min, max: Math.min(highest, usual.min + MAX_SPAN_DB) };
}

/** The points of a line. */
export function seqsOfLine({ firstSeq, pointsPerRow }: WaterfallImage, line: number): [number, number] {
  const from = firstSeq + line * pointsPerRow;
  return [from, from + pointsPerRow - 1];
}

/** The line that contains a point; undefined outside the image. */
export function lineOf({ firstSeq, pointsPerRow, height }: WaterfallImage, seq: number): number | undefined {
  const line = Math.floor((seq - firstSeq) / pointsPerRow);
  return line >= 0 && line < height ? line : undefined;
}

/** A section of the points of a session, by `seq`. */
export interface Section {
  first: number;
  last: number;
}

const MIN_POINTS = 8;

/** Zooms a section around a point; the whole session is the widest section. */
export function zoomSection(section: Section, total: number, factor: number, aroundSeq: number): Section {
  const points = section.last - section.first + 1;
  const next = Math.round(Math.max(Math.min(MIN_POINTS, total), Math.min(total, points / factor)));
  const share = (aroundSeq - section.first) / points;
  return sectionAt(Math.round(aroundSeq - share * next), next, total);
}

/** Moves a section by a share of its length. */
export function moveSection(section: Section, total: number, share: number): Section {
  const points = section.last - section.first + 1;
  return sectionAt(section.first + Math.round(share * points), points, total);
}

function sectionAt(first: number, points: number, total: number): Section {
  const from = Math.max(1, Math.min(total - points + 1, first));
  return { first: from, last: from + points - 1 };
}
