import type { RequestHandler, Response } from 'express';
import { parseId } from '#contract/ids';
import { spectrumQuerySchema, type Spectrum } from '#contract/rest/spectra';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { STATISTICS, UNKNOWN, type Statistic } from '#shared/spectrum/point-spectrum';
import { rounded } from '../domain/rounding.ts';
import { findPoint } from '../store/points.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { readSpectrum, type PointKey, type StoredSpectrum } from '../store/spectra/read-spectrum.ts';
import { bandAt, bandsOf } from './band-selection.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import type { SessionOf } from './session-of.ts';
import { channelFields, publishedCodes } from './spectrum-fields.ts';
import { createSummaries } from './spectrum-summary.ts';

/** `/spectrum`: the spectrum of one point, or a summary of all points. */
export function spectrumHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  const summaries = createSummaries(db, streams);

  async function sendSummary(id: unknown, index: number, response: Response): Promise<void> {
    const session = await sessionOf(id);
    const band = bandAt(await bandsOf(db, session), index);
    const disconnected = new AbortController();
    response.once('close', () => disconnected.abort());
    try {
      response.type('json').send(await summaries.summaryOf(session, band, disconnected.signal));
    } catch (error) {
      if (!disconnected.signal.aborted) throw error; // else the client has disconnected
    }
  }

  /** Why a point has no spectrum. */
  async function refusalOf(id: unknown, index: number, key: PointKey): Promise<HttpError> {
    const session = await sessionOf(id);
    bandAt(await bandsOf(db, session), index);
    const point = await findPoint(db, session.id, key);
    if (!point) return noPoint(session, key);
    return new HttpError(404, `Point ${point.seq} has no spectrum of band ${index}`);
  }

  return async (request, response) => {
    const { seq, cell = 0, band: index, summary } = parseOr422(spectrumQuerySchema, request.query, 'query');
    const id = request.params['session_id'];
    if (summary) {
      await sendSummary(id, index, response);
      return;
    }
    const key = seq === undefined ? { cell } : { seq };
    const known = parseId(id);
    const spectrum = known === undefined ? undefined : await readSpectrum(db, known, index, key);
    if (!spectrum) throw await refusalOf(id, index, key);
    response.json(toPublished(spectrum));
  };
}

function noPoint(
  { completed_points, total_points, grid_rows, grid_columns, refined }: SessionRow,
  key: PointKey,
): HttpError {
  return new HttpError(
    404,
    'cell' in key
      ? `Cell ${key.cell} has no point; cells are in 0..${grid_rows * grid_columns + (refined?.points.length ?? 0) - 1}, and ${completed_points} of ${total_points} are measured`
      : `Point ${key.seq} is not stored; stored points are 1..${completed_points}`,
  );
}

function toPublished(spectrum: StoredSpectrum): Spectrum {
  const { point, band, transforms, independentTransforms, floorDb, codes } = spectrum;
  const valuesOf = (statistic: Statistic): Spectrum['mean_db'] => {
    const known = codes[statistic];
    if (!known || known.every((code) => code === UNKNOWN)) return null;
    return publishedCodes(statistic, known);
  };
  const [mean_db, median_db, min_db, max_db, kurtosis, occupancy] = STATISTICS.map(valuesOf);
  return {
    ...point,
    ...channelFields(band),
    transforms,
    independent_transforms: rounded('kurtosis', independentTransforms),
    floor_db: Number.isNaN(floorDb) ? null : floorDb,
    mean_db: mean_db ?? null,
    median_db: median_db ?? null,
    min_db: min_db ?? null,
    max_db: max_db ?? null,
    kurtosis: kurtosis ?? null,
    occupancy: occupancy ?? null,
    flags: flagsAt(spectrum),
  };
}

/** The flags of the band and of the point, with those of unknown levels. */
function flagsAt({ band, pointFlags, codes }: StoredSpectrum): number[] {
  const all: number[] = [];
  // Array.from would take several times as long.
  for (let channel = 0; channel < band.channels; channel++) {
    const isLost = (codes.mean?.[channel] ?? UNKNOWN) === UNKNOWN;
    const bits = band.flags[channel] as number;
    all.push(bits | pointFlags | (isLost ? CHANNEL_FLAGS.overflow : 0));
  }
  return all;
}
