import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeServer } from '../testing/fake-server.ts';
import { cellOf, planOf, pointAt, sessionOf } from '../testing/sessions.ts';
import { CellTable } from './cell-table.ts';
import { createColumnarReader } from './columnar.ts';
import { boundsOf } from './session-fields.ts';

test('reads every point, however the stream is split into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      async (count, pieces) => {
        const bytes = await streamOf(count);
        const read = createColumnarReader();
        const table = new CellTable(boundsOf(sessionOf(40, 8), planOf(40, 8)));
        for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
          const piece = bytes.slice(offset, offset + (pieces[turn % pieces.length] ?? 1));
          offset += piece.length;
          for (const block of read(piece)) table.putAll(block, 0, block.rows);
        }
        const points = Array.from({ length: 40 }, (_, i) => pointAt(i + 1, 8));
        expect(points.map(({ row, column }) => table.at(row, column))).toEqual(
          points.map((point) => (point.seq <= count ? cellOf(point) : undefined)),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('rejects a stream in another format', () => {
  expect(() => createColumnarReader()(new TextEncoder().encode('{"detail": "no"\n'))).toThrow(SyntaxError);
});

async function streamOf(count: number): Promise<Uint8Array<ArrayBuffer>> {
  const server = new FakeServer(100, 8);
  server.store(count);
  const pieces: Uint8Array[] = [];
  for await (const piece of server.measurements(7, 0, new AbortController().signal)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
