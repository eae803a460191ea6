import type { RequestHandler } from 'express';
import { BASELINE_VALUES } from '#contract/anomaly-values';
import { baselineCellsQuerySchema, baselineMapQuerySchema } from '#contract/rest/baselines';
import { counted } from '#shared/base/plurals';
import type { Painter } from '../drawing/painter.ts';
import { readCells, type BaselineRow } from '../store/baselines/baselines.ts';
import { readStatistics, type BandStatistics } from '../store/baselines/statistics.ts';
import type { Database } from '../store/queryable.ts';
import { streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import {
  packedValues,
  printable,
  rangeText,
  requireBand,
  requireSetup,
  roundedColumn,
  unitOfBaseline,
  type BaselineWithSetup,
} from './cell-maps.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { sendMap } from './send-map.ts';
import { valueFormat, type ValueBlock } from './value-formats.ts';

type BaselineOf = (id: unknown) => Promise<BaselineRow>;
type Block = ValueBlock<(typeof BASELINE_VALUES)[number]>;

/** Decimals. */
const ANGLE = 4;
const LEVEL = 3;

/** `/api/baselines/{baseline_id}/cells` */
export function cellsHandler(db: Database, streams: BulkStreams, baselineOf: BaselineOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(baselineCellsQuerySchema, request.query, 'query');
    const { baseline, statistics } = await selected(
      db,
      await baselineOf(request.params['baseline_id']),
      query,
    );
    const format = valueFormat(request, query, BASELINE_VALUES, 'cell');
    await streamBulk(request, response, format, streams, () => blockOf(db, baseline, statistics));
  };
}

async function* blockOf(
  db: Database,
  { id }: BaselineWithSetup,
  { count, centre, spread }: BandStatistics,
): AsyncGenerator<Block> {
  const cells = await readCells(db, id);
  if (!cells) return;
  yield {
    firstSeq: 0,
    values: {
      azimuth: roundedColumn(cells.azimuthDeg, ANGLE),
      elevation: roundedColumn(cells.elevationDeg, ANGLE),
      count: Float64Array.from(count, (value) => (Number.isNaN(value) ? 0 : value)),
      centre: roundedColumn(centre, LEVEL),
      spread_db: roundedColumn(spread, LEVEL),
    },
  };
}

/** `/api/baselines/{baseline_id}/map.png` */
export function baselineMapHandler(db: Database, painter: Painter, baselineOf: BaselineOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(baselineMapQuerySchema, request.query, 'query');
    const { baseline, statistics } = await selected(
      db,
      await baselineOf(request.params['baseline_id']),
      query,
    );
    const { id, name, created_at, revision, stale_bins, setup } = baseline;
    const isCentre = query.value === 'centre';
    const sessions = counted(statistics.sessions, 'session');
    const what = isCentre ? 'usual level' : 'spread of the levels';
    await sendMap(request, response, painter, query, {
      facts: ['baseline', id, created_at.getTime(), name, revision, stale_bins, query],
      figure: () =>
        Promise.resolve({
          palette: query.palette,
          title: `Baseline ${id} · ${printable(name)}`,
          subtitle: [what, sessions, query.bin, rangeText(baseline, query.band)].join(' · '),
          bounds: setup.area,
          unit: isCentre ? unitOfBaseline(baseline) : ('dB' as const),
          references: undefined,
        }),
      levels: () => packedValues(baseline, isCentre ? statistics.centre : statistics.spread),
    });
  };
}

/** Throws 409 without sessions, 422 if the baseline does not have the band. */
async function selected(
  db: Database,
  found: BaselineRow,
  { band, bin }: { band: number; bin: string },
): Promise<{ baseline: BaselineWithSetup; statistics: BandStatistics }> {
  const baseline = requireSetup(found);
  requireBand(baseline, band);
  const statistics = await readStatistics(db, baseline.id, bin, band);
  if (statistics) return { baseline, statistics };
  throw new HttpError(409, `Baseline ${baseline.id} has no session in the bin ${bin}`);
}
