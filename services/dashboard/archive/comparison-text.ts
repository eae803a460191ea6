import { counted } from '#shared/base/plurals';
import { formatLevel } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { degText } from '../analysis/descriptions.ts';
import { count } from '../lib/format.ts';
import type { Difference, DifferenceSummary } from './difference.ts';

/** Describes how the cells of two maps were matched. */
export function describeMatch({ sameGrid, matched, map }: Difference): string {
  const total = count(map.totalPoints);
  if (sameGrid) return `Both have the same grid of ${counted(map.totalPoints, 'cell', count)}.`;
  if (matched === 0) return 'The two grids have no cell in common.';
  return (
    `The grids differ: ${count(matched)} of ${total} cells (step ${degText(map.bounds.stepDeg)}) match a cell of the other grid ` +
    `within half a step; the others stay blank.`
  );
}

/** Summarises the difference. `map` is the map of the difference. */
export function describeDifference(summary: DifferenceSummary | undefined, map: SkyMap): string {
  if (!summary) return 'No cell is measured in both sessions yet.';
  const { compared, meanDb, largestDb, row, column } = summary;
  const { azimuthDeg, elevationDeg } = map.pointing(row, column);
  return (
    `${count(compared)} ${compared === 1 ? 'cell is' : 'cells are'} measured in both sessions. ` +
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
  if (size === '0.0') return 'equal to';
  return `${size} dB ${db > 0 ? 'above' : 'below'}`;
}

/** A warning about the units of two maps; undefined if the difference is meaningful. */
export function unitWarning(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a !== b)
    return (
      `A is in ${a}, B in ${b}: only one of them is calibrated. The difference contains an unknown constant; ` +
      'only its shape is meaningful.'
    );
  if (a === 'dBFS')
    return 'Neither session is calibrated (dBFS): if the receiver settings differ, the difference contains an unknown constant.';
  return undefined;
}
