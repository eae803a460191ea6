import type { Candidate } from '#contract/rest/candidates';
import type { Source, SourceFlag } from '#contract/rest/sources';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { degrees, frequency } from '../lib/format.ts';

const COMPASS = 'N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW'.split(' ');

/** The nearest of the 16 points of the compass: `WNW`. */
export function compassPoint(azimuthDeg: number): string {
  return COMPASS[Math.round(azimuthOnCircleDeg(azimuthDeg) / 22.5) % 16] ?? '';
}

/** `284.1° ± 0.6°`, with decimals for the error. */
export function angleText(deg: number, errorDeg: number): string {
  const decimals = errorDeg >= 10 ? 0 : errorDeg >= 0.1 ? 1 : errorDeg >= 0.01 ? 2 : 3;
  return `${degrees(deg, decimals)} ± ${degrees(errorDeg, decimals)}`;
}

type Frequencies = Pick<Source, 'channels' | 'is_narrow'>;

/** The frequencies of a source, Hz; undefined: the whole band. */
export function extentOf({ channels, is_narrow }: Frequencies): { fromHz: number; toHz: number } | undefined {
  if (!is_narrow || channels.length === 0) return undefined;
  return {
    fromHz: Math.min(...channels.map(({ from_hz }) => from_hz)),
    toHz: Math.max(...channels.map(({ to_hz }) => to_hz)),
  };
}

/** `433.92 MHz`, with the number of ranges if there are several; `whole band`. */
export function centreText(source: Frequencies): string {
  const extent = extentOf(source);
  if (!extent) return 'whole band';
  const { length } = source.channels;
  const ranges = length > 1 ? ` (${length} ranges)` : '';
  return frequency((extent.fromHz + extent.toHz) / 2) + ranges;
}

/** The width of a source on a part of the band: `25 kHz`. */
export function widthText({ is_narrow, bandwidth_hz }: Pick<Source, 'is_narrow' | 'bandwidth_hz'>): string {
  return is_narrow ? frequency(Number(bandwidth_hz.toPrecision(3))) : '';
}

/** `284.1° ± 0.6° (WNW), 433.92 MHz, 25 kHz, 14 dB above the sky` */
export function sourceText(source: Source): string {
  const { azimuth, azimuth_error_deg, peak_db, name } = source;
  return [
    ...(name === null ? [] : [name]),
    `${angleText(azimuthOnCircleDeg(azimuth), azimuth_error_deg)} (${compassPoint(azimuth)})`,
    centreText(source),
    ...(source.is_narrow ? [widthText(source)] : []),
    `${peak_db.toFixed(peak_db < 10 ? 1 : 0)} dB above the sky`,
  ].join(', ');
}

/** The title of a source without a name: `284°, 433.92 MHz`. */
export function proposedTitle({ azimuth, ...source }: { azimuth: number } & Frequencies): string {
  return `${degrees(azimuthOnCircleDeg(azimuth), 0)}, ${centreText(source)}`;
}

/** Candidates above this posterior identify a source. */
const IDENTIFIED = 0.9;

export function percent(share: number): string {
  const value = 100 * share;
  if (value > 99 && share < 1) return '> 99 %';
  return value > 0 && value < 1 ? '< 1 %' : `${Math.round(value)} %`;
}

/** A name, or `Sun 99 %`; `?` if several candidates are possible; empty without candidates. */
export function candidateText({
  name,
  candidates,
}: {
  name: string | null;
  candidates: readonly Candidate[];
}): string {
  const [best] = candidates;
  if (name !== null && name !== best?.name) return name;
  if (!best) return '';
  return best.posterior > IDENTIFIED ? `${best.name} ${percent(best.posterior)}` : '?';
}

export const FLAG_TEXTS: Record<SourceFlag, string> = {
  sidelobe: 'may be a side lobe',
  edge: 'at the edge of the scan',
  extended: 'wider than the beam',
  moving: 'moves',
  rfi: 'interference',
  clipped: 'receiver overloaded',
};

/** All flags in the order of the API; its schemas would be a large script. */
export const FLAGS = Object.keys(FLAG_TEXTS) as SourceFlag[];
