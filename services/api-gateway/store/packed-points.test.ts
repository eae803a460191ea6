import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Measurement } from '#contract/measurement';
import { createUnpacker } from './packed-points.ts';
import { pointsOf as reader } from './block-points.ts';
import { createBlock, type PointBlock } from './point-block.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const count = fc.integer({ min: 0, max: 2_147_483_647 });
const pointing = fc.record({ azimuth: finite, elevation: finite });
const word = fc.string({ unit: 'binary', maxLength: 40 });
// PostgreSQL's timestamps: microseconds, from year 1.
const time = fc.date({
  min: new Date(-62_135_596_800_000),
  max: new Date(253_402_300_799_999),
  noInvalidDate: true,
});
const flags = fc.array(fc.oneof(fc.constantFrom('uncalibrated', 'clipped'), word), { maxLength: 4 });

const measured = {
  readback: pointing,
  mean_dbm: finite,
  std_db: finite,
  reads: count,
  flags,
  measured_at: time.map((at) => at.toISOString()),
};
const points = fc.array(
  fc.record({
    ...measured,
    row: count,
    column: count,
    setpoint: pointing,
    min_dbm: finite,
    max_dbm: finite,
    last_dbm: finite,
    integration_ms: finite,
    reference: fc.option(fc.record(measured), { freq: 4 }),
    median_dbm: fc.option(finite),
  }),
  { maxLength: 20 },
);

describe('packed points', () => {
  test('are unpacked unchanged from any number of rows', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 8 }), (unnumbered, perRow) => {
        const all = unnumbered.map((point, index) => ({ seq: index + 1, ...point }));
        const unpacker = createUnpacker(createBlock(all.length + 3));
        for (let at = 0; at < all.length; at += perRow) unpacker.add(packedRow(all.slice(at, at + perRow)));
        expect(pointsOf(unpacker.block())).toEqual(all.map(asStored));
      }),
    );
  });

  test('contain each list of flags once, in order of appearance', () => {
    const lists = [['a'], ['a'], [], ['b', 'a'], ['a'], ['b', 'a'], []];
    const unpacker = createUnpacker(createBlock(lists.length));
    unpacker.add(packedRow(lists.map((list, index) => point(index + 1, list))));
    const { flagLists, flagList } = unpacker.block();
    expect(flagLists).toEqual([['a'], [], ['b', 'a']]);
    expect([...flagList]).toEqual([0, 0, 1, 2, 0, 2, 1]);
  });

  test('may be empty', () => {
    const unpacker = createUnpacker(createBlock(10));
    unpacker.add(packedRow([]));
    expect(unpacker.block().rows).toBe(0);
  });

  test.each([
    ['that are truncated', () => cutOff(packedRow([point(1, ['a'])]))],
    ['that are too many', () => packedRow([point(1, []), point(2, []), point(3, [])])],
  ])('%s are refused', (_, row) => {
    expect(() => createUnpacker(createBlock(2)).add(row())).toThrow(RangeError);
  });
});

function pointsOf(block: PointBlock): Measurement[] {
  const point = reader(block);
  return Array.from({ length: block.rows }, (_, index) => point(index));
}

// A reference is stored as JSON, which has no -0.
function asStored(point: Measurement): Measurement {
  return { ...point, reference: JSON.parse(JSON.stringify(point.reference)) as Measurement['reference'] };
}

function point(seq: number, texts: string[]): Measurement {
  const pointing = { azimuth: 1, elevation: 2 };
  const levels = { mean_dbm: -90, std_db: 1, min_dbm: -92, max_dbm: -88, last_dbm: -91 };
  return {
    ...{ seq, row: 0, column: seq, setpoint: pointing, readback: pointing, ...levels, reads: 10 },
    ...{ integration_ms: 100, flags: texts, measured_at: '2026-02-14T00:00:00.000Z', reference: null },
    median_dbm: null,
  };
}

/** A row as PostgreSQL sends it: number of columns; for each its length (-1 for null) and bytes. */
function packedRow(row: Measurement[]): Buffer {
  const visited = row.filter(({ reference }) => reference);
  const references = Object.fromEntries(visited.map(({ seq, reference }) => [seq, reference]));
  const columns = [
    int4(row.length),
    row.length > 0 ? Buffer.concat(row.map(packed)) : undefined,
    visited.length > 0 ? Buffer.from(JSON.stringify(references)) : undefined,
  ];
  const fields = columns.flatMap((bytes) => [int4(bytes?.length ?? -1), bytes ?? Buffer.alloc(0)]);
  return Buffer.concat([Buffer.from([0, columns.length]), ...fields]);
}

/** The bytes are truncated; the length field shows it. */
function cutOff(row: Buffer): Buffer {
  const length = row.readInt32BE(10) - 3;
  return Buffer.concat([row.subarray(0, 10), int4(length), row.subarray(14, 14 + length), int4(-1)]);
}

function packed(from: Measurement): Buffer {
  const { setpoint, readback, mean_dbm, std_db, min_dbm, max_dbm, last_dbm, integration_ms, median_dbm } =
    from;
  const angles = [setpoint.azimuth, setpoint.elevation, readback.azimuth, readback.elevation];
  const micros = Buffer.alloc(8);
  micros.writeBigInt64BE(BigInt(Date.parse(from.measured_at) - Date.UTC(2000, 0, 1)) * 1000n);
  return Buffer.concat([
    ...[from.seq, from.row, from.column, from.reads].map(int4),
    ...[...angles, mean_dbm, std_db, min_dbm, max_dbm, last_dbm, integration_ms, median_dbm ?? NaN].map(
      float8,
    ),
    micros,
    textArray(from.flags),
  ]);
}

/**
 * As `array_send` writes it: dimensions, null flag, type text; length and first index; the
 * elements.
 */
function textArray(texts: string[]): Buffer {
  const elements = texts.flatMap((text) => [int4(Buffer.byteLength(text)), Buffer.from(text)]);
  const shape = texts.length > 0 ? [int4(texts.length), int4(1)] : [];
  return Buffer.concat([int4(shape.length / 2), int4(0), int4(25), ...shape, ...elements]);
}

function int4(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function float8(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
