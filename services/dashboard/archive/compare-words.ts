import { counted } from '#shared/base/plurals';
import { formatLevel } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { degText } from '../analysis/words.ts';
import { count } from '../lib/format.ts';
import type { Difference, DifferenceSummary } from './difference.ts';

/** How the cells of two maps were matched, in a sentence. */
export function matchSentence({ sameGrid, matched, map }: Difference): string {
  const total = count(map.totalPoints);
  if (sameGrid) return `Both have the same grid of ${counted(map.totalPoints, 'cell', count)}.`;
  if (matched === 0) return 'The two grids have no cell in common.';
  return (
    `The grids differ: ${count(matched)} of ${total} cells (step ${degText(map.bounds.stepDeg)}) have a counterpart ` +
    `within half a step in the other one; the others stay blank.`
  );
}

/** What the difference comes to, in a sentence. `map` is that of the difference. */
export function differenceSentence(summary: DifferenceSummary | undefined, map: SkyMap): string {
  if (!summary) return 'No cell is measured in both yet.';
  const { compared, meanDb, largestDb, row, column } = summary;
  const { azimuthDeg, elevationDeg } = map.pointing(row, column);
  return (
    `${count(compared)} ${compared === 1 ? 'cell is' : 'cells are'} measured in both. ` +
    `On average B is ${comparedText(meanDb)} A; the largest difference is ${signedDb(largestDb)} ` +
    `at azimuth ${degText(azimuthDeg, true)}, elevation ${degText(elevationDeg)}.`
  );
}

/** `+1.2 dB`. */
export function signedDb(db: number): string {
  const text = formatLevel(db, 1);
  return `${db > 0 && text !== '0.0' ? '+' : ''}${text} dB`;
}

function comparedText(db: number): string {
  const size = formatLevel(Math.abs(db), 1);
  if (size === '0.0') return 'as strong as';
  return `${size} dB ${db > 0 ? 'above' : 'below'}`;
}

/** What has to be known of units before a difference is read; undefined: nothing. */
export function unitWarning(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a !== b)
    return (
      `A is in ${a}, B in ${b}: only one of them is calibrated. Their levels have different zeros, and the difference holds ` +
      'an unknown constant; its shape still says something.'
    );
  if (a === 'dBFS')
    return 'Neither is calibrated (dBFS): with other settings of the receiver the difference holds a constant.';
  return undefined;
}
