import type { RequestHandler } from 'express';
import { waterfallQuerySchema, type Waterfall } from '#contract/rest/spectra';
import type { Statistic } from '#shared/spectrum/point-spectrum';
import { rounded } from '../domain/rounding.ts';
import { columnsOf, waterfallShape } from '../domain/waterfall.ts';
import type { Database } from '../store/queryable.ts';
import { readWaterfall, type WaterfallPart } from '../store/spectra/read-waterfall.ts';
import { selectBand } from './band-selection.ts';
import { JSON_TYPE, prefetch, streamBulk, type BulkFormat } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import { pageOf } from './page-of.ts';
import type { SessionOf } from './session-of.ts';
import { unitOfBand } from './spectrum-fields.ts';

/** `/waterfall`: spectra in the order of measurement, reduced to a number of rows and columns. */
export function waterfallHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(waterfallQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const selection = await selectBand(db, session, query);
    const { band, range, statistic } = selection;
    const { afterSeq, upToSeq } = pageOf(query, session.completed_points);
    const limits = { maxRows: query.rows, maxColumns: query.columns };
    const shape = waterfallShape(range, { firstSeq: afterSeq + 1, lastSeq: upToSeq }, limits);
    const columns = columnsOf(band, shape);
    const format = waterfallFormat(statistic, {
      band: band.band,
      unit: unitOfBand(band),
      statistic,
      first_channel_hz: columns.firstChannelHz,
      channel_hz: columns.channelHz,
      channels: columns.channels,
      first_seq: afterSeq + 1,
      points_per_row: shape.pointsPerRow,
    });
    await streamBulk(request, response, format, streams, () => prefetch(readWaterfall(db, selection, shape)));
  };
}

function waterfallFormat(statistic: Statistic, head: Omit<Waterfall, 'rows'>): BulkFormat<WaterfallPart> {
  return {
    ...JSON_TYPE,
    async *encode(parts) {
      let separator = `${JSON.stringify(head).slice(0, -1)},"rows":[`;
      const values = new Array<number>(head.channels).fill(0);
      for await (const { rows, count } of parts)
        for (let row = 0; row < count; row++) {
          for (let column = 0; column < values.length; column++)
            values[column] = rounded(statistic, rows.value(row, column));
          // NaN becomes null.
          yield separator + JSON.stringify(values);
          separator = ',';
        }
      yield separator === ',' ? ']}' : `${separator}]}`;
    },
  };
}
