import { STATISTICS, bytesOfCodes, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { Queryable } from '../queryable.ts';
import { ensureBands } from './bands.ts';
import { HEAD_BYTES, encodeHead } from './heads.ts';

/** The spectra of a point, one per band. */
export interface SpectraOfPoint {
  seq: number;
  spectra: PointSpectrum[];
}

interface SpectrumRow {
  seq: number;
  band: number;
  spectrum: PointSpectrum;
}

// A statement with more values takes more memory in both processes without being faster.
const MAX_BYTES = 2 ** 20;

/**
 * Stores the spectra of points in the transaction that stores the points, in the order of seq.
 * Throws `invalid` if the channels of a band differ from the stored ones.
 */
export async function insertSpectra(
  tx: Queryable,
  sessionId: number,
  points: readonly SpectraOfPoint[],
): Promise<void> {
  const rows = points.flatMap(({ seq, spectra }) =>
    spectra.map((spectrum, band): SpectrumRow => ({ seq, band, spectrum })),
  );
  if (rows.length === 0) return;
  await ensureBands(tx, sessionId, rows);
  for (const batch of batchesOf(rows)) await insertRows(tx, sessionId, batch);
}

function* batchesOf(rows: readonly SpectrumRow[]): Generator<SpectrumRow[]> {
  let batch: SpectrumRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += 2 * STATISTICS.length * row.spectrum.band.flags.length;
    if (bytes < MAX_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

// The values of all rows are one parameter, which node-postgres sends as bytes; elements of an
// array it would send as hexadecimal text.
const INSERT = `insert into spectrum_rows (session_id, band, seq, head, ${STATISTICS.join(', ')})
  select $1, row.band, row.seq, substr($2::bytea, ((row.n - 1) * ${HEAD_BYTES} + 1)::int, ${HEAD_BYTES}),
    ${STATISTICS.map((name) => `substr($3::bytea, row.${name}, row.bytes)`).join(', ')}
  from unnest($4::int[], $5::int[], $6::int[], ${STATISTICS.map((_, k) => `$${k + 7}::int[]`).join(', ')})
    with ordinality as row (seq, band, bytes, ${STATISTICS.join(', ')}, n)`;

async function insertRows(tx: Queryable, sessionId: number, rows: readonly SpectrumRow[]): Promise<void> {
  const values: Uint8Array[] = [];
  let end = 1;
  const startsByRow = rows.map(({ spectrum: { codes } }) =>
    STATISTICS.map((name) => {
      const known = codes[name];
      if (!known) return null;
      const bytes = bytesOfCodes(known);
      values.push(bytes);
      end += bytes.length;
      return end - bytes.length;
    }),
  );
  await tx.query(INSERT, [
    sessionId,
    Buffer.concat(rows.map(({ spectrum }) => encodeHead(spectrum))),
    Buffer.concat(values),
    rows.map(({ seq }) => seq),
    rows.map(({ band }) => band),
    rows.map(({ spectrum }) => 2 * spectrum.band.flags.length),
    ...STATISTICS.map((_, k) => startsByRow.map((starts) => starts[k] ?? null)),
  ]);
}
