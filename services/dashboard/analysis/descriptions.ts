import { counted, countedOf } from '#shared/base/plurals';
import { shownAzimuthDeg } from '#shared/sky/pointing';
import { formatLevel } from '#sky-map/range';
import { count, level } from '../lib/format.ts';
import type { Cut } from './cuts.ts';
import type { Statistics } from './statistics.ts';

/** `12.5°` with at most two decimals; azimuths (`turn`) in 0 to 360. */
export function degText(deg: number, turn = false): string {
  return `${axisText(Math.round((turn ? shownAzimuthDeg(deg) : deg) * 100) / 100)}°`;
}

/** A number with a typographic minus. */
export function axisText(value: number): string {
  return String(value).replace('-', '\u2212');
}

/** Summarises a cut. */
export function describeCut(cut: Cut, unit: string): string {
  const { along, atDeg, anglesDeg, levels } = cut;
  const where =
    along === 'azimuth' ? `Along elevation ${degText(atDeg)}` : `Along azimuth ${degText(atDeg, true)}`;
  const measured = levels.filter((value) => value !== null);
  if (measured.length === 0) return `${where}: no points measured yet.`;
  const angle = (n: number) => degText(anglesDeg[n] ?? 0, along === 'azimuth');
  const highest = measured.reduce((a, b) => Math.max(a, b));
  const lowest = measured.reduce((a, b) => Math.min(a, b));
  return (
    `${where}: ${countedOf(measured.length, levels.length, 'cell', count)} ${levels.length === 1 ? 'is' : 'are'} measured, ` +
    `highest ${level(highest, unit)} at ${angle(levels.indexOf(highest))}, ` +
    `lowest ${level(lowest, unit)} at ${angle(levels.indexOf(lowest))}.`
  );
}

/** Explains why there is no cut and how to get one. */
export function explainMissingCut(
  along: Cut['along'],
  { azimuthDeg, elevationDeg }: { azimuthDeg: number; elevationDeg: number },
): string {
  return along === 'elevation'
    ? `This scan has one row, at elevation ${degText(elevationDeg)}: there is no elevation cut. Scan two or more elevations to get one.`
    : `This row has one cell, at azimuth ${degText(azimuthDeg, true)}: there is no azimuth cut. Scan two or more azimuths to get one.`;
}

/** Summarises statistics. */
export function describeStatistics(statistics: Statistics, unit: string): string {
  const { median, max } = statistics;
  const at = (share: number) => statistics.percentile(share);
  const cells = `${counted(statistics.count, 'cell', count)} ${statistics.count === 1 ? 'is' : 'are'}`;
  return (
    `${cells} measured. The median is ${level(median, unit)}, ` +
    `90 % lie between ${formatLevel(at(0.05), 1)} and ${level(at(0.95), unit)}, ` +
    `1 % are above ${level(at(0.99), unit)}; the highest is ${level(max, unit)}.`
  );
}
