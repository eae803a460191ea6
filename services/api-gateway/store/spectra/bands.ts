import { describeAxis, type ChannelBand } from '#shared/spectrum/channels';
import { STATISTICS, type PointSpectrum, type Statistic } from '#shared/spectrum/point-spectrum';
import { SkyScanError } from '#shared/base/errors';
import type { Queryable } from '../queryable.ts';

/** A band of a session with stored spectra. */
export interface StoredBand extends ChannelBand {
  sessionId: number;
  /** Index in the spectra of a point. */
  band: number;
  channels: number;
  isCalibrated: boolean;
  /** Those that any point has. */
  statistics: Statistic[];
}

/** The columns of `spectrum_bands` that make a `StoredBand`. */
export const BAND_COLUMNS = [
  'band',
  'first_channel_hz',
  'channel_hz',
  'flags',
  'is_calibrated',
  'statistics',
] as const;

export interface BandRow {
  band: number;
  first_channel_hz: number;
  channel_hz: number;
  flags: Buffer;
  is_calibrated: boolean;
  statistics: number;
}

/** The bands of a session in their order; none: it has no spectra. */
export async function findBands(db: Queryable, sessionId: number): Promise<StoredBand[]> {
  const rows = await db.query<BandRow>(
    `select ${BAND_COLUMNS.join(', ')} from spectrum_bands where session_id = $1 order by band`,
    [sessionId],
  );
  return rows.map((row) => toBand(sessionId, row));
}

export function toBand(sessionId: number, row: BandRow): StoredBand {
  return {
    sessionId,
    band: row.band,
    firstChannelHz: row.first_channel_hz,
    channelHz: row.channel_hz,
    channels: row.flags.length,
    flags: row.flags,
    isCalibrated: row.is_calibrated,
    statistics: statisticsOf(row.statistics),
  };
}

/**
 * Stores the bands of spectra, or compares them with the stored ones. Throws `invalid` if a band
 * has other channels.
 */
export async function ensureBands(
  tx: Queryable,
  sessionId: number,
  spectra: readonly { band: number; spectrum: PointSpectrum }[],
): Promise<void> {
  const added = mergeBands(sessionId, spectra);
  let stored = await findBands(tx, sessionId);
  const missing = added.filter(({ band }) => !stored.some((each) => each.band === band));
  if (missing.length > 0) {
    for (const band of missing) await insertBand(tx, band);
    // Another gateway may have been the first.
    stored = await findBands(tx, sessionId);
  }
  for (const band of added) {
    const known = stored.find((each) => each.band === band.band);
    if (!known) throw new SkyScanError('internal', `band ${band.band} of session ${sessionId} is not stored`);
    requireSameChannels(known, band);
    if (band.statistics.some((name) => !known.statistics.includes(name))) await addStatistics(tx, band);
  }
}

/** The bands of these spectra with all statistics that any of them has. */
function mergeBands(
  sessionId: number,
  spectra: readonly { band: number; spectrum: PointSpectrum }[],
): StoredBand[] {
  const bands = new Map<number, StoredBand>();
  for (const { band: index, spectrum } of spectra) {
    const { band, isCalibrated, codes } = spectrum;
    const channels = band.flags.length;
    const statistics = STATISTICS.filter((name) => codes[name] !== undefined);
    for (const name of statistics)
      if (codes[name]?.length !== channels)
        throw new SkyScanError(
          'invalid',
          `band ${index} has ${channels} channels, but ${codes[name]?.length ?? 0} values of ${name}`,
        );
    const found = { ...band, sessionId, band: index, channels, isCalibrated, statistics };
    const known = bands.get(index);
    if (known) requireSameChannels(known, found);
    const both = STATISTICS.filter((name) => known?.statistics.includes(name) || statistics.includes(name));
    bands.set(index, { ...(known ?? found), statistics: both });
  }
  return [...bands.values()].sort((a, b) => a.band - b.band);
}

function requireSameChannels(stored: StoredBand, other: StoredBand): void {
  const isSame =
    stored.firstChannelHz === other.firstChannelHz &&
    stored.channelHz === other.channelHz &&
    Buffer.compare(stored.flags, other.flags) === 0;
  if (isSame) return;
  throw new SkyScanError(
    'invalid',
    `band ${stored.band} of session ${stored.sessionId} has ${describe(stored)}; a spectrum has ${describe(other)}`,
  );
}

function describe(band: StoredBand): string {
  const flagged = band.flags.filter((bits) => bits !== 0).length;
  return `${describeAxis(band)}, ${flagged} of them with flags`;
}

async function insertBand(tx: Queryable, band: StoredBand): Promise<void> {
  await tx.query(
    `insert into spectrum_bands (session_id, band, first_channel_hz, channel_hz, flags, is_calibrated, statistics)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      band.sessionId,
      band.band,
      band.firstChannelHz,
      band.channelHz,
      Buffer.from(band.flags),
      band.isCalibrated,
      bitsOf(band.statistics),
    ],
  );
}

async function addStatistics(tx: Queryable, { sessionId, band, statistics }: StoredBand): Promise<void> {
  await tx.query(
    'update spectrum_bands set statistics = statistics | $3::smallint where session_id = $1 and band = $2',
    [sessionId, band, bitsOf(statistics)],
  );
}

function bitsOf(statistics: readonly Statistic[]): number {
  return statistics.reduce((bits, name) => bits | (1 << STATISTICS.indexOf(name)), 0);
}

function statisticsOf(bits: number): Statistic[] {
  return STATISTICS.filter((_, index) => (bits & (1 << index)) !== 0);
}
