import { formatDeg } from '#shared/pointing';
import { formatLevel } from '../../map/range.ts';
import type { Cut } from './cuts.ts';
import type { Statistics } from './statistics.ts';

export type LevelUnit = 'dBm' | 'dBFS';

/** `−92.3 dBm`. */
export function levelText(level: number, unit: string): string {
  return `${formatLevel(level, 1)} ${unit}`;
}

/** `12.5 deg`; azimuths (`turn`) as 0 to 360. */
export function degText(deg: number, turn = false): string {
  const shown = turn ? turned(deg) : deg;
  return `${formatDeg(shown).replace('-', '\u2212')} deg`;
}

/** A number with its thousands apart. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `14:05:09` of a Unix time in milliseconds, UTC. */
export function clockText(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(11, 19);
}

/** `2026-02-14 14:05:09`, UTC. */
export function dateText(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** What a cut shows, in a sentence. */
export function cutSentence(cut: Cut, unit: string): string {
  const { along, atDeg, anglesDeg, levels } = cut;
  const where =
    along === 'azimuth' ? `Along elevation ${degText(atDeg)}` : `Along azimuth ${degText(atDeg, true)}`;
  const measured = levels.filter((level) => level !== null);
  if (measured.length === 0) return `${where}: nothing is measured yet.`;
  const angle = (n: number) => degText(anglesDeg[n] ?? 0, along === 'azimuth');
  const highest = measured.reduce((a, b) => Math.max(a, b));
  const lowest = measured.reduce((a, b) => Math.min(a, b));
  return (
    `${where}: ${countText(measured.length)} of ${countText(levels.length)} cells are measured, ` +
    `highest ${levelText(highest, unit)} at ${angle(levels.indexOf(highest))}, ` +
    `lowest ${levelText(lowest, unit)} at ${angle(levels.indexOf(lowest))}.`
  );
}

/** What levels are like, in sentences. */
export function statisticsSentence(statistics: Statistics, unit: string): string {
  const { count, median, max } = statistics;
  const at = (share: number) => statistics.percentile(share);
  const cells = count === 1 ? '1 cell is' : `${countText(count)} cells are`;
  return (
    `${cells} measured. Half of the levels are below ${levelText(median, unit)}, ` +
    `nine of ten lie between ${formatLevel(at(0.05), 1)} and ${levelText(at(0.95), unit)}, ` +
    `one of a hundred is above ${levelText(at(0.99), unit)}; the highest is ${levelText(max, unit)}.`
  );
}

/** 0 to 360. */
export function turned(deg: number): number {
  const within = Number((deg - 360 * Math.floor(deg / 360)).toFixed(6));
  return within === 360 ? 0 : within;
}
