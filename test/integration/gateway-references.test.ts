import { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Measurement } from '#contract/measurement';
import { readColumns } from '../support/columnar.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// The reference is measured 3 s before points 1, 4, 7 and 10; its level rises by 0.1 dB per point,
// and a point is measured every 7 s.

interface Shown extends Measurement {
  unit: string;
  drift_db?: number;
}

const reference = { azimuth: 180, elevation: 60, every_min: 5 };
const world = useGatewayWorld();
let scan: TestScan;

beforeAll(async () => {
  scan = await startTestScan(world, { rows: 1, columns: 10 }, undefined, { reference });
  await scan.setStatus('running');
  await scan.measure(5);
  await scan.untilStored(5);
  // The rest arrives through the reconciler.
  for (let i = 0; i < 5; i++) world.orchestrator.measure(scan.id);
  await scan.untilStored(10);
});

const measurements = async (query = '') =>
  (await world.gateway.get(`/api/skyscan/${scan.id}/measurements${query}`)).body as Shown[];
const sql = async (text: string, values: unknown[]) => {
  const client = new Client({ connectionString: world.database.url });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
};

describe('a scan with a reference', () => {
  test('hands it over and leaves the published session unchanged', async () => {
    expect(world.orchestrator.sessions.get(scan.id)?.start.spec?.reference).toEqual({
      pointing: { azimuthDeg: 180, elevationDeg: 60 },
      everyS: 300,
    });
    expect(await scan.session()).not.toHaveProperty('reference');
  });

  test('hands it over again to an orchestrator that has lost its disk', async () => {
    const other = await startTestScan(world, { rows: 1, columns: 4 }, undefined, { reference });
    await other.setStatus('running');
    await other.measure(1);
    await other.untilStored(1);
    world.orchestrator.sessions.delete(other.id);
    await until('it has it again', () => world.orchestrator.sessions.has(other.id));
    const { start } = world.orchestrator.sessions.get(other.id) ?? {};
    expect(start?.stored?.completedPoints).toBe(1);
    expect(start?.spec?.reference).toEqual({ pointing: { azimuthDeg: 180, elevationDeg: 60 }, everyS: 300 });
  });

  test('stores it with its points, both over MQTT and by replay', async () => {
    const points = await measurements();
    expect(points.flatMap(({ seq, reference: brought }) => (brought ? [seq] : []))).toEqual([1, 4, 7, 10]);
    for (const index of [3, 6])
      expect(points[index]?.reference).toEqual({
        readback: { azimuth: 180, elevation: 60 },
        mean_dbm: -70 + index / 10,
        std_db: 0.02,
        reads: 1,
        flags: ['uncalibrated'],
        measured_at: new Date(Date.parse(points[index]?.measured_at ?? '') - 3_000).toISOString(),
      });
    expect(points[1]?.reference).toBeNull();
    expect(new Set(points.map(({ unit }) => unit))).toEqual(new Set(['dBFS']));
  });

  test('stores equal values both ways, so the comparison with the journal corrects nothing', async () => {
    const { text } = await world.gateway.get('/metrics');
    expect(text).toMatch(/^skyscan_points_corrected_total 0$/m);
  });
});

describe('?corrected=true', () => {
  // Level of the reference at the time of point n, above the first one.
  const driftOf = (seq: number) => Math.min(0.9, (seq - 1 + 3 / 7) / 10);

  test('removes the drift from the levels and reports the correction', async () => {
    const raw = await measurements();
    const corrected = await measurements('?corrected=true');
    expect(corrected).toHaveLength(10);
    corrected.forEach((point, i) => {
      expect(point.drift_db).toBeCloseTo(driftOf(i + 1), 6);
      for (const key of ['mean_dbm', 'min_dbm', 'max_dbm', 'last_dbm', 'median_dbm'] as const)
        expect(point[key]).toBeCloseTo((raw[i]?.[key] ?? NaN) - driftOf(i + 1), 6);
      expect({ ...point, drift_db: 0 }).toMatchObject({
        std_db: raw[i]?.std_db,
        reference: raw[i]?.reference,
        unit: 'dBFS',
      });
    });
    expect(await measurements('?corrected=false')).toEqual(raw);
  });

  test('uses all references for any selection of points', async () => {
    const [point] = await measurements('?corrected=true&after_seq=4&limit=1');
    expect(point?.drift_db).toBeCloseTo(driftOf(5), 6);
  });

  test('works for CSV and columns', async () => {
    const path = `/api/skyscan/${scan.id}/measurements`;
    const { text } = await world.gateway.get(`${path}?corrected=true&format=csv`);
    const [header, first, second] = text.split('\r\n').map((line) => line.split(','));
    expect(header?.slice(-4)).toEqual(['unit', 'reference_dbm', 'drift_db', 'median_dbm']);
    expect(first?.slice(-4, -2)).toEqual(['dBFS', '-70']);
    expect(second?.slice(-4, -2)).toEqual(['dBFS', '']);
    expect(Number(second?.at(-2))).toBeCloseTo(driftOf(2), 6);
    expect(Number(second?.at(-1))).toBeCloseTo(-92.25 - driftOf(2), 6);
    const response = await fetch(`${world.gateway.url}${path}?corrected=true&format=columnar`);
    const columns = readColumns(await response.arrayBuffer());
    const corrected = await measurements('?corrected=true');
    expect(columns.get('drift_db')).toEqual(corrected.map(({ drift_db }) => drift_db));
    expect(columns.get('mean_dbm')).toEqual(corrected.map(({ mean_dbm }) => mean_dbm));
    expect(columns.get('reference_dbm')?.slice(0, 4)).toEqual([-70, NaN, NaN, -69.7]);
  });

  test('does not change stored levels and ignores clipped or doubtful references', async () => {
    const before = await measurements();
    const clip = (seqs: number[], flags: string) =>
      sql(
        `update points set reference = jsonb_set(reference, '{flags}', $3) where session_id = $1 and seq = any($2)`,
        [scan.id, seqs, flags],
      );
    await clip([1, 4, 7], '["clipped"]');
    expect(new Set((await measurements('?corrected=true')).map(({ drift_db }) => drift_db))).toEqual(
      new Set([0]),
    );
    await clip([10], '["dc_offset"]');
    const refused = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?corrected=true`);
    expect([refused.status, refused.body]).toEqual([
      409,
      {
        detail:
          'Every reference measurement of this session is clipped or in doubt (dc_offset): the drift cannot be corrected',
      },
    ]);
    await clip([1, 4, 7, 10], '["uncalibrated"]');
    expect(await measurements()).toEqual(before);
  });

  test('is refused with a message for a scan without references', async () => {
    const plain = await startTestScan(world);
    await plain.setStatus('running');
    await plain.measure(1);
    await plain.untilStored(1);
    const refused = await world.gateway.get(`/api/skyscan/${plain.id}/measurements?corrected=true`);
    expect([refused.status, refused.body]).toEqual([
      409,
      {
        detail:
          'This session has no reference measurements: start a scan with `reference` to have its drift corrected',
      },
    ]);
    const unclear = await world.gateway.get(`/api/skyscan/${plain.id}/measurements?corrected=yes`);
    expect(unclear.status).toBe(422);
  });
});
