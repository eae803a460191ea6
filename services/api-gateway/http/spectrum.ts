import type { RequestHandler } from 'express';
import { spectrumQuerySchema, type Spectrum } from '#contract/rest/spectra';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { STATISTICS, UNKNOWN, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import { rounded } from '../domain/rounding.ts';
import { findPoint, type PointNumber } from '../store/points.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoredBand } from '../store/spectra/bands.ts';
import { readSpectrum, type StoredSpectrum } from '../store/spectra/read-spectrum.ts';
import { bandAt, bandsOf } from './band-selection.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { HttpError, parseOr422 } from './errors.ts';
import type { SessionOf } from './session-of.ts';
import { channelFields, published } from './spectrum-fields.ts';
import { createSummaries } from './spectrum-summary.ts';

/** `/spectrum`: the spectrum of one point, or a summary of all points. */
export function spectrumHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  const summaries = createSummaries(db, streams);
  return async (request, response) => {
    const { seq, cell, band: index, summary } = parseOr422(spectrumQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    if (summary) {
      const band = bandAt(await bandsOf(db, session), index);
      const disconnected = new AbortController();
      response.once('close', () => disconnected.abort());
      try {
        response.type('json').send(await summaries.summaryOf(session, band, disconnected.signal));
      } catch (error) {
        if (!disconnected.signal.aborted) throw error; // else the client has disconnected
      }
      return;
    }
    const [bands, point] = await Promise.all([
      bandsOf(db, session),
      findPoint(db, session.id, { seq, cell }),
    ]);
    const band = bandAt(bands, index);
    if (!point) throw noPoint(session, { seq, cell });
    const spectrum = await readSpectrum(db, band, point.seq);
    if (!spectrum) throw new HttpError(404, `Point ${point.seq} has no spectrum of band ${index}`);
    response.json(toPublished(point, band, spectrum));
  };
}

function noPoint(
  { completed_points, total_points, grid_rows, grid_columns }: SessionRow,
  { seq, cell }: { seq?: number | undefined; cell?: number | undefined },
): HttpError {
  return new HttpError(
    404,
    seq === undefined
      ? `Cell ${cell} has no point; cells are in 0..${grid_rows * grid_columns - 1}, and ${completed_points} of ${total_points} are measured`
      : `Point ${seq} is not stored; stored points are 1..${completed_points}`,
  );
}

function toPublished(point: PointNumber, band: StoredBand, spectrum: StoredSpectrum): Spectrum {
  const { transforms, independentTransforms, floorDb, pointFlags, codes } = spectrum;
  const valuesOf = (statistic: Statistic): Spectrum['mean_db'] => {
    const known = codes[statistic];
    if (!known || known.every((code) => code === UNKNOWN)) return null;
    return published(
      statistic,
      Float64Array.from(known, (code) => valueOf(statistic, code)),
    );
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
    flags: Array.from(band.flags, (bits, channel) => {
      const isLost = (codes.mean?.[channel] ?? UNKNOWN) === UNKNOWN;
      return bits | pointFlags | (isLost ? CHANNEL_FLAGS.overflow : 0);
    }),
  };
}
