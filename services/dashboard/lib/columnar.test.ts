import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeServer } from '../testing/fake-server.ts';
import { cellOf, planOf, pointAt, sessionOf } from '../testing/sessions.ts';
import { CellTable, cellOfMeasurement } from './cell-table.ts';
import { columnOf, createColumnarReader } from './columnar.ts';
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

test('places the points that a refinement has added to the grid', async () => {
  const blocks = createColumnarReader()(await streamOf(27));
  // A grid of 24 points; three more, 0.5 degrees apart.
  const widthDeg = 0.5 / Math.cos((11.5 * Math.PI) / 180);
  for (const block of blocks)
    columnOf(block, 'seq').forEach((seq, n) => {
      if (seq <= 24) return;
      columnOf(block, 'setpoint_azimuth')[n] = (seq - 25) * widthDeg;
      columnOf(block, 'setpoint_elevation')[n] = 11.5;
    });
  const fill = (into: CellTable) => {
    for (const block of blocks) into.putAll(block, 0, block.rows);
  };
  const bounds = boundsOf(sessionOf(24, 8), planOf(24, 8));
  const table = new CellTable(bounds, 0.5);
  fill(table);
  expect([table.map.measured, table.map.totalPoints]).toEqual([27, 27]);
  expect(table.at(3, 2)).toEqual(cellOf(pointAt(27, 8)));
  expect(table.map.cellAt(2 * widthDeg, 11.5)).toEqual({ row: 3, column: 2 });
  const live = new CellTable(bounds, 0.5);
  live.put({ ...cellOfMeasurement(pointAt(27, 8)), setpoint: { azimuth: 2 * widthDeg, elevation: 11.5 } });
  expect(live.at(3, 2)).toEqual(table.at(3, 2));
  expect(live.map.pointing(3, 2)).toEqual(table.map.pointing(3, 2));
  expect(() => fill(new CellTable(bounds))).toThrow('row 3 is outside 0..2');
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
