import type { RequestHandler } from 'express';
import { BAND_VALUES, type BandValueName } from '#contract/band-values';
import { bandQuerySchema } from '#contract/rest/spectra';
import { roundAll } from '../domain/rounding.ts';
import type { Database } from '../store/queryable.ts';
import { readBand, type BandSelection } from '../store/spectra/read-band.ts';
import { selectBand } from './band-selection.ts';
import { prefetch, streamBulk } from './bulk-response.ts';
import type { BulkStreams } from './bulk-streams.ts';
import { parseOr422 } from './errors.ts';
import { pageOf } from './page-of.ts';
import type { SessionOf } from './session-of.ts';
import { valueFormat, type ValueBlock } from './value-formats.ts';

/** `/band`: the value of a frequency range at every point. */
export function bandHandler(db: Database, streams: BulkStreams, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(bandQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const selection = await selectBand(db, session, query);
    const name = BAND_VALUES[selection.statistic];
    const format = valueFormat(request, query, [name]);
    const { afterSeq, upToSeq } = pageOf(query, session.completed_points);
    await streamBulk(request, response, format, streams, () =>
      blocks(db, selection, name, afterSeq, upToSeq),
    );
  };
}

async function* blocks(
  db: Database,
  selection: BandSelection,
  name: BandValueName,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<ValueBlock<BandValueName>> {
  for await (const { firstSeq, values } of prefetch(readBand(db, selection, afterSeq, upToSeq))) {
    roundAll(selection.statistic, values);
    yield { firstSeq, values: { [name]: values } as Record<BandValueName, Float64Array> };
  }
}
