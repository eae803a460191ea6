import { BAND_VALUES, isLevel } from '#contract/band-values';
import { isInterferenceLevel, type InterferenceValue } from '#contract/interference-values';
import type { LevelUnit } from '#sky-map/legend';
import { unitOfLevels } from '../drawing/session-map.ts';
import { readResults } from '../store/searches/interference-results.ts';
import { readLevels } from '../store/levels.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { readBandLevels } from '../store/spectra/band-levels.ts';
import { findBands } from '../store/spectra/bands.ts';
import { readBand, type BandBlock } from '../store/spectra/read-band.ts';
import { selectOptionalBand, type RangeQuery } from './band-selection.ts';
import { HttpError } from './errors.ts';
import { finishedSearch } from './interference.ts';
import { unitOfBand } from './spectrum-fields.ts';

/** What a map shows. */
export interface MapValues {
  unit: LevelUnit;
  /** For the caption; undefined: the levels of the session. */
  title: string | undefined;
  /** Changes with the values, besides the stored points. */
  version: unknown;
  /** Cells and values of the points, packed; `timed`: with the time of each. */
  read(timed: boolean): AsyncIterable<Uint8Array>;
}

export interface MapValuesQuery extends RangeQuery {
  interference?: InterferenceValue | undefined;
  corrected?: boolean | undefined;
}

/**
 * The values that a query selects. Throws 409 if the session does not have them, 422 if they cannot
 * be corrected or the session does not have the frequencies.
 */
export async function selectMapValues(
  db: Database,
  session: SessionRow,
  query: MapValuesQuery,
): Promise<MapValues> {
  const { id, completed_points } = session;
  const { interference: name, corrected = false, from_hz, to_hz, band: index = 0 } = query;
  if (name !== undefined) {
    const { version, finished_at } = await finishedSearch(db, session, index);
    if (corrected && !isInterferenceLevel(name)) throw notCorrectable(`interference=${name}`);
    const band = (await findBands(db, id)).find((each) => each.band === index);
    return {
      unit: !isInterferenceLevel(name) ? 'share' : band ? unitOfBand(band) : 'dBFS',
      title: TITLES[name],
      version: [version, finished_at?.getTime()],
      read: (timed) => readBandLevels(db, session, blocksOf(db, session, index, name), timed),
    };
  }
  const selection = await selectOptionalBand(db, session, query);
  if (!selection || from_hz === undefined || to_hz === undefined)
    return {
      unit: await unitOfLevels(db, session),
      title: undefined,
      version: undefined,
      read: (timed) => readLevels(db, session, timed),
    };
  const { band, statistic } = selection;
  if (corrected && !isLevel(statistic)) throw notCorrectable(`statistic=${statistic}`);
  const value = BAND_VALUES[statistic];
  return {
    unit: value === 'level_db' ? unitOfBand(band) : value,
    title: `${megahertz(from_hz)} to ${megahertz(to_hz)} MHz (${statistic})`,
    version: undefined,
    read: (timed) => readBandLevels(db, session, readBand(db, selection, 0, completed_points), timed),
  };
}

const TITLES: Record<InterferenceValue, string> = {
  mean_dbm: 'mean of the band',
  mean_clean_dbm: 'mean without interference',
  flagged_channels: 'channels with interference',
  flagged_time: 'time with interference',
};

async function* blocksOf(
  db: Database,
  { id, completed_points }: SessionRow,
  band: number,
  name: InterferenceValue,
): AsyncGenerator<BandBlock> {
  for await (const { firstSeq, values } of readResults(db, { id, band }, 0, completed_points))
    yield { firstSeq, values: values[name] };
}

function notCorrectable(parameter: string): HttpError {
  const msg = `Must not be used with ${parameter}: only levels drift`;
  return new HttpError(422, [{ loc: ['query', 'corrected'], msg, type: 'value_error' }]);
}

function megahertz(hz: number): number {
  return Number((hz / 1e6).toFixed(6));
}
