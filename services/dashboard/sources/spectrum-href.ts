import type { ApiBand } from '#contract/rest/bands';
import type { Source } from '#contract/rest/sources';
import { pathOf } from '#contract/page-addresses';
import type { SkyMap } from '#sky-map/sky-map';
import { bandFigures, type Band } from '../sessions/selection-address.ts';

/**
 * The Spectrum tab of a session with the channels and the cell of a source selected. Of a source in
 * several bands, its first band.
 */
export function spectrumHref(
  sessionId: number,
  source: Source,
  map: Pick<SkyMap, 'cellAt'> | undefined,
  bands: readonly ApiBand[],
): string {
  const query = new URLSearchParams({ source: String(source.number) });
  const cell = map?.cellAt(source.azimuth, source.elevation);
  if (cell) query.set('cell', `${cell.row},${cell.column}`);
  const part = bandOf(source, bands);
  const index = part?.bandIndex ?? indexOf(source, bands);
  if (index > 0) query.set('tuning', String(index));
  if (part) query.set('band', bandFigures(part.band).join(','));
  return `#/${pathOf('scan/sessions/:id/spectrum', { id: String(sessionId) })}?${query}`;
}

/**
 * The part of a measured band that a source occupies; undefined: all of it. Of a source in several
 * bands, in its first one.
 */
export function bandOf(
  source: Pick<Source, 'channels' | 'is_narrow'>,
  bands: readonly ApiBand[],
): { band: Band; bandIndex: number } | undefined {
  const bandIndex = indexOf(source, bands);
  const band = bands[bandIndex];
  if (!source.is_narrow || !band) return undefined;
  const inBand = source.channels.filter(({ from_hz }) => contains(band, from_hz));
  const fromHz = Math.min(...inBand.map(({ from_hz }) => from_hz));
  const toHz = Math.max(...inBand.map(({ to_hz }) => to_hz));
  return { band: { fromHz, toHz }, bandIndex };
}

/** The widest range of a source in a band: between its ranges there is only noise. */
export function widestRange({ channels }: Pick<Source, 'channels'>, band: ApiBand): Band | undefined {
  const [widest] = channels
    .filter(({ from_hz }) => contains(band, from_hz))
    .toSorted((a, b) => b.to_hz - b.from_hz - (a.to_hz - a.from_hz));
  return widest && { fromHz: widest.from_hz, toHz: widest.to_hz };
}

function indexOf({ channels }: Pick<Source, 'channels'>, bands: readonly ApiBand[]): number {
  return bands.findIndex((band) => contains(band, channels[0]?.from_hz ?? 0));
}

function contains({ center_frequency_hz, bandwidth_hz }: ApiBand, hz: number): boolean {
  return Math.abs(hz - center_frequency_hz) <= bandwidth_hz / 2;
}
