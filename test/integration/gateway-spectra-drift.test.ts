import { createCanvas, loadImage } from '@napi-rs/canvas';
import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { GRID_COLUMNS, addScan, bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// The level of all channels is -90 dBm plus the drift, which rises by 20 dB from the first to the
// last point.
const POINTS = 201;
const RANGE = 'from_hz=100000000&to_hz=100000001';
const driftAt = (seq: number) => (20 * (seq - 1)) / (POINTS - 1);

const world = useGatewayWorld();
let id: number;

beforeAll(async () => {
  await startTestScan(world);
  id = await addScan(world.database.url, POINTS);
  const reference = (level: number) =>
    `jsonb_build_object('readback', '{"azimuth": 0, "elevation": 0}'::jsonb, 'mean_dbm', ${level}, 'std_db', 0, 'reads', 1, 'flags',
       '[]'::jsonb, 'measured_at', to_char(measured_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`;
  for (const [seq, level] of [
    [1, -70],
    [POINTS, -50],
  ])
    await world.database.execute(
      `update points set reference = ${reference(level ?? NaN)} where session_id = ${id} and seq = ${seq}`,
    );
  const db = createDatabase([world.database.url], pino({ level: 'silent' }));
  const points = upTo(POINTS).map((seq) => ({
    seq,
    spectra: [spectrumOf(bandOf(4), seq, () => -90 + driftAt(seq), ['mean'])],
  }));
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await db.close();
});

test('the level of a band is corrected for the drift', async () => {
  const path = `/api/skyscan/${id}/measurements?${RANGE}`;
  const measured = (await world.gateway.get(path)).body as PublishedMeasurement[];
  const corrected = (await world.gateway.get(`${path}&corrected=true`)).body as PublishedMeasurement[];
  expect(measured.map(({ level_db }) => level_db)).toEqual(
    upTo(POINTS).map((seq) => expect.closeTo(-90 + driftAt(seq), 2) as number),
  );
  expect(corrected.map(({ level_db }) => level_db)).toEqual(
    upTo(POINTS).map(() => expect.closeTo(-90, 2) as number),
  );
  expect(corrected.at(-1)?.drift_db).toBeCloseTo(20, 6);
});

test('the map of a band is corrected for the drift', async () => {
  const coloursOf = async (query: string) => {
    const response = await fetch(
      `${world.gateway.url}/api/skyscan/${id}/map.png?projection=rectangular&size=200&min=-95&max=-65&${RANGE}${query}`,
    );
    expect(response.status).toBe(200);
    const image = await loadImage(Buffer.from(await response.arrayBuffer()));
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    // The lowest two rows are measured.
    const colours = Array.from({ length: GRID_COLUMNS }, (_, column) => {
      const x = Math.floor(((column + 0.5) / GRID_COLUMNS) * image.width);
      return [...context.getImageData(x, image.height - 1, 1, 1).data].join();
    });
    return new Set(colours);
  };
  expect((await coloursOf('')).size).toBeGreaterThan(20);
  expect((await coloursOf('&corrected=true')).size).toBe(1);
});
