import type { Statistic } from '#shared/spectrum/point-spectrum';
import { channelsIn, covers, extentOf, type HertzRange } from '../domain/channel-range.ts';
import { findBands, type StoredBand } from '../store/spectra/bands.ts';
import type { BandSelection } from '../store/spectra/read-band.ts';
import type { Queryable } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { HttpError } from './errors.ts';

/** The parameters that select channels and a statistic. */
export interface RangeQuery {
  from_hz?: number | undefined;
  to_hz?: number | undefined;
  statistic?: Statistic | undefined;
  band?: number | undefined;
}

/** The bands of a session. Throws 409 if it has no spectra. */
export async function bandsOf(db: Queryable, session: SessionRow): Promise<StoredBand[]> {
  const bands = await findBands(db, session.id);
  if (bands.length > 0) return bands;
  const reason =
    session.completed_points === 0 ? 'it has no points yet' : 'it was started without `spectrum`';
  throw new HttpError(409, `Session ${session.id} has no spectra: ${reason}`);
}

/** A band by its index. Throws 422 if the session does not have it. */
export function bandAt(bands: readonly StoredBand[], index: number): StoredBand {
  const band = bands.find((each) => each.band === index);
  if (band) return band;
  throw problem('band', `Must be in 0..${bands.length - 1}, the bands of this session; it is ${index}`);
}

/**
 * The selected channels. An end of the range that is not given is that of the band; without a band
 * it is the first one that contains the range. Throws 409 if the session has no spectra, 422 if it
 * does not have the frequencies, the statistic or the band.
 */
export async function selectBand(
  db: Queryable,
  session: SessionRow,
  query: RangeQuery,
): Promise<BandSelection> {
  const bands = await bandsOf(db, session);
  const candidates = query.band === undefined ? bands : [bandAt(bands, query.band)];
  const rangeIn = (band: StoredBand): HertzRange => {
    const extent = extentOf(band);
    return { fromHz: query.from_hz ?? extent.fromHz, toHz: query.to_hz ?? extent.toHz };
  };
  const band = candidates.find((each) => covers(each, rangeIn(each)) && isRising(rangeIn(each)));
  if (!band) throw outside(query, candidates);
  const statistic = query.statistic ?? 'mean';
  if (!band.statistics.includes(statistic))
    throw problem(
      'statistic',
      `This session has no ${statistic}: its receiver reports ${band.statistics.join(', ')}`,
    );
  return { band, range: channelsIn(band, rangeIn(band)), statistic };
}

/** As the query, for selections that are optional; undefined: not requested. */
export async function selectOptionalBand(
  db: Queryable,
  session: SessionRow,
  query: RangeQuery,
): Promise<BandSelection | undefined> {
  return query.from_hz === undefined ? undefined : selectBand(db, session, query);
}

function isRising({ fromHz, toHz }: HertzRange): boolean {
  return fromHz < toHz;
}

function outside({ from_hz: fromHz, to_hz: toHz }: RangeQuery, bands: readonly StoredBand[]): HttpError {
  const available = bands.map((band) => {
    const extent = extentOf(band);
    return `${extent.fromHz}..${extent.toHz} Hz (band ${band.band})`;
  });
  const asked = [
    ...(fromHz === undefined ? [] : [`from ${fromHz} Hz`]),
    ...(toHz === undefined ? [] : [`to ${toHz} Hz`]),
  ];
  const lowest = Math.min(...bands.map((band) => extentOf(band).fromHz));
  return problem(
    fromHz !== undefined && (toHz === undefined || fromHz < lowest) ? 'from_hz' : 'to_hz',
    `Must be in one band of the stored spectra; ${asked.join(' ')} is not; available: ${available.join(', ')}`,
  );
}

function problem(parameter: string, msg: string): HttpError {
  return new HttpError(422, [{ loc: ['query', parameter], msg, type: 'value_error' }]);
}
