import type { Spectrum, SpectrumSummary, Waterfall } from '#contract/rest/spectra';
import type { Statistic } from '#shared/spectrum/point-spectrum';
import type { Api } from '../lib/api.ts';
import { createColumnarReader } from '../lib/columnar.ts';
import { valuesRequest } from './band-query.ts';
import type { ValueSource } from './follow-band.ts';
import { bandFigures, type Band } from '../sessions/selection-address.ts';

/** What a waterfall shows. */
export interface WaterfallQuery {
  bandIndex: number;
  statistic: Statistic;
  /** Undefined: the whole band. */
  range: Band | undefined;
  rows: number;
  columns: number;
  afterSeq: number;
  /** Undefined: to the last point. */
  limit: number | undefined;
}

/** The stored spectra of a session. Every call throws `ApiError`, or the signal's reason. */
export interface SpectraSource extends ValueSource {
  summary(bandIndex: number, signal: AbortSignal): Promise<SpectrumSummary>;
  /** `cell`: row * columns of the widest row + column. */
  ofCell(cell: number, bandIndex: number, signal: AbortSignal): Promise<Spectrum>;
  waterfall(query: WaterfallQuery, signal: AbortSignal): Promise<Waterfall>;
}

export function spectraSource(api: Api, sessionId: number): SpectraSource {
  const path = `/api/skyscan/${sessionId}` as const;
  return {
    async summary(bandIndex, signal) {
      const answer = await api.get(`${path}/spectrum?summary=true&band=${bandIndex}`, signal);
      return answer as SpectrumSummary;
    },
    async ofCell(cell, bandIndex, signal) {
      return (await api.get(`${path}/spectrum?cell=${cell}&band=${bandIndex}`, signal)) as Spectrum;
    },
    async *values(query, afterSeq, signal) {
      const { path: resource, parameters: selected } = valuesRequest(query);
      const parameters = new URLSearchParams({
        ...selected,
        format: 'columnar',
        after_seq: String(afterSeq),
      });
      const { body } = await api.fetch(`${path}/${resource}?${parameters}`, { signal });
      if (!body) return;
      const read = createColumnarReader();
      for await (const bytes of piecesOf(body)) yield* read(bytes);
    },
    waterfall({ bandIndex, statistic, range, rows, columns, afterSeq, limit }, signal) {
      const [from_hz = '', to_hz = ''] = range ? bandFigures(range) : [];
      const parameters = new URLSearchParams({
        band: String(bandIndex),
        statistic,
        rows: String(rows),
        columns: String(columns),
        after_seq: String(afterSeq),
        ...(limit !== undefined && { limit: String(limit) }),
        ...(range && { from_hz, to_hz }),
      });
      return api.get(`${path}/waterfall?${parameters}`, signal);
    },
  };
}

// Not every browser can iterate over a stream.
async function* piecesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    // The consumer stopped early.
    await reader.cancel().catch(() => undefined);
  }
}
