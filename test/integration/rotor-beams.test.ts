import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beamTableSchema } from '#contract/rest/beam-tables';
import { rotorBeamSchema } from '#contract/rest/rotor-beams';
import { rotorSchema } from '#contract/rest/rotors';
import { startAnalyst } from '../support/analyst.ts';
import { ellipticalGain, scanOver } from '../support/analytic-antenna.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan, type Session } from '../support/gateway-scan.ts';
import type { Source, SourceSearch } from '#contract/rest/sources';
import { startObservatory } from '../support/observatory.ts';
import { addMap } from '../support/stored-map.ts';
import { rectangleGrid, syntheticSky, type TrueSource } from '../support/synthetic-sky.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// The stored beam of an antenna that is twice as wide as high, and what its widths are used for.

const MEASURED_HZ = 1_420e6;
const HIGH = 12;
const WIDE = 24;
const QUESTION = { azimuth: 350, elevation: 20, background_db: -150 };

const folder = mkdtempSync(join(tmpdir(), 'sky-scan-beams-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const world = useGatewayWorld();
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let [rotorId, sessionId] = [0, 0];
/** A rotor without an active scan. */
let other = 0;

beforeAll(async () => {
  // Stored sessions are like its own.
  await startTestScan(world);
  analyst = await startAnalyst();
  rotorId = rotorSchema.parse((await world.gateway.post('/api/rotors', { name: 'fan' })).body).id;
  const map = scanOver({
    gainAt: ellipticalGain({ wideDeg: WIDE, highDeg: HIGH }),
    source: { azimuthDeg: 350, elevationDeg: 20 },
    azimuths: [320, 380],
    elevations: [0, 40],
    stepDeg: 2,
    noiseDb: 0.05,
  });
  sessionId = await addMap(world.database.url, { map, columns: 31, rotorId });
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
});
afterAll(async () => {
  await gateway.close();
  await analyst.close();
});

const beam = (method: string, body?: unknown) =>
  gateway.request(`/api/rotors/${rotorId}/beam`, { method, ...(body !== undefined && { body }) });
const rotor = async () => rotorSchema.parse((await gateway.get(`/api/rotors/${rotorId}`)).body);
const previewOf = async (body: object) => {
  const area = { az_start: 0, az_end: 40, el_start: 10, el_end: 50, step_deg: 8, rssi_iterations: 1 };
  const answer = await gateway.post('/api/skyscan/preview', { rotor_id: rotorId, ...area, ...body });
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return (answer.body as { warnings: string[] }).warnings;
};
const bandAt = (hz: number) => ({
  bands: [{ center_frequency_hz: hz, bandwidth_hz: 2_000_000 }],
});

test('a parameter that is missing for the pattern is a field of the body', async () => {
  const answer = await beam('PUT', { session_id: sessionId });
  expect([answer.status, answer.body]).toMatchObject([422, { detail: [{ loc: ['body', 'source'] }] }]);
  const band = await beam('PUT', { session_id: sessionId, ...QUESTION, from_hz: 1 });
  expect([band.status, band.body]).toMatchObject([422, { detail: [{ loc: ['body', 'to_hz'] }] }]);
});

test('both widths are those of the rotor, and proportional to the wavelength', async () => {
  expect((await rotor()).beam).toBeNull();
  const stored = await beam('PUT', { session_id: sessionId, ...QUESTION });
  expect([stored.status, stored.status === 200 ? '' : stored.text]).toEqual([200, '']);
  const { hpbw_deg, at_hz, frequency_hz } = rotorBeamSchema.parse(stored.body);
  expect([frequency_hz, at_hz]).toEqual([MEASURED_HZ, MEASURED_HZ]);
  expect(hpbw_deg.azimuth.value / WIDE).toBeCloseTo(1, 1);
  expect(hpbw_deg.elevation.value / HIGH).toBeCloseTo(1, 1);
  expect((await rotor()).beam).toEqual({
    azimuth_deg: hpbw_deg.azimuth.value,
    elevation_deg: hpbw_deg.elevation.value,
    frequency_hz: MEASURED_HZ,
  });

  const half = await gateway.get(`/api/rotors/${rotorId}/beam?frequency_hz=${MEASURED_HZ / 2}`);
  const wider = rotorBeamSchema.parse(half.body);
  expect(wider.at_hz).toBe(MEASURED_HZ / 2);
  expect(wider.hpbw_deg.azimuth.value).toBeCloseTo(2 * hpbw_deg.azimuth.value, 2);
  expect(wider.side_lobes).toEqual([]);
  expect(wider.warnings.at(-1)).toMatchObject({ code: 'frequency' });
  const refused = await gateway.get(`/api/rotors/${rotorId}/beam?frequency_hz=0`);
  expect([refused.status, refused.body]).toMatchObject([
    422,
    { detail: [{ loc: ['query', 'frequency_hz'] }] },
  ]);
});

test('a change of the rotor keeps the beam', async () => {
  const before = (await rotor()).beam;
  const changed = await gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body: { settle_ms: 50 } });
  expect(rotorSchema.parse(changed.body).beam).toEqual(before);
});

test('a preview says what the beam is at another frequency', async () => {
  expect(await previewOf({})).not.toContainEqual(expect.stringContaining('the beam was measured at'));
  expect(await previewOf(bandAt(2 * MEASURED_HZ))).toContainEqual(
    expect.stringMatching(
      /^the beam was measured at 1420 MHz; its widths at 2840 MHz .* side lobes are not used$/,
    ),
  );
});

test('a refinement has steps of the narrower axis, at the frequency of its scan', async () => {
  const grid = { az_start: 0, az_end: 40, el_start: 10, el_end: 50, step_deg: 8, rssi_iterations: 1 };
  const start = (more: object) =>
    gateway.post('/api/skyscan/preview', { rotor_id: rotorId, ...grid, refine: {}, ...more });
  expect((await start({})).status).toBe(200);
  const answer = await start(bandAt(2 * MEASURED_HZ));
  expect([answer.status, answer.body]).toMatchObject([
    422,
    {
      detail: [
        {
          loc: ['body', 'step_deg'],
          msg: expect.stringMatching(/^Must be at most the beam width of [56]\.\d+ deg/) as string,
        },
      ],
    },
  ]);
});

test('a scan is handed over with the widths at its frequency, and has a note of it', async () => {
  const scan = await startTestScan({ ...world, gateway }, undefined, rotorId, bandAt(2 * MEASURED_HZ));
  const sent = world.orchestrator.sessions.get(scan.id)?.start.rotor;
  const { beam: stored, beam_width_deg } = await rotor();
  expect(sent?.beamWidths?.azimuthDeg).toBeCloseTo((stored?.azimuth_deg ?? NaN) / 2, 2);
  expect(sent?.beamWidths?.elevationDeg).toBeCloseTo((stored?.elevation_deg ?? NaN) / 2, 2);
  expect(sent?.beamWidthDeg).toBeCloseTo((beam_width_deg ?? NaN) / 2, 2);
  const { notes } = (await gateway.get(`/api/skyscan/${scan.id}`)).body as Session;
  expect(notes).toContain('the beam was measured at 1420 MHz');
});

/** In the band of the simulated receiver at its start. */
const TUNED_HZ = 100.3e6;

/** A fan beam with a side lobe on its right, as a file of the simulator. */
const FAN = (() => {
  const gainDb = (angle: number, roll: number) => {
    const turn = (roll * Math.PI) / 180;
    const [x, y] = [angle * Math.cos(turn), angle * Math.sin(turn)];
    const lobe = (at: number, wide: number, high: number) =>
      Math.exp(-4 * Math.LN2 * (((x - at) / wide) ** 2 + (y / high) ** 2));
    return 10 * Math.log10(lobe(0, 24, 16) + 0.1 * lobe(45, 20, 20) + 1e-3);
  };
  const [off_axis_deg, roll_deg] = [steps(181, 1), steps(36, 10)];
  return {
    gain_dbi: 18,
    off_axis_deg,
    roll_deg,
    gain_db: roll_deg.map((roll) => off_axis_deg.map((angle) => gainDb(angle, roll))),
  };
})();

function steps(count: number, by: number): number[] {
  return Array.from({ length: count }, (_, k) => k * by);
}

/** What the simulator receives from a mast in the north with a beam, at these pointings. */
async function levelsWith(beamFile: object, pointings: readonly object[]): Promise<number[]> {
  const write = (name: string, content: object) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const mast = { name: 'mast', latitude_deg: 48.1, longitude_deg: 11, height_m: 100, eirp_dbm: 50 };
  const simulator = await startObservatory({
    SIM_WORLD_FILE: write('world.json', { emitters: [{ ...mast, signals: [{ center_hz: TUNED_HZ }] }] }),
    SIM_BEAM_FILE: write('beam.json', beamFile),
    ...{ SIM_LATITUDE_DEG: '48', SIM_LONGITUDE_DEG: '11', SIM_DRIFT_DB: '0' },
  });
  try {
    const answer = await fetch(`http://127.0.0.1:${simulator.controlPort}/truth`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(pointings),
    });
    return (await answer.json()) as number[];
  } finally {
    await simulator.close();
  }
}

beforeAll(async () => {
  other = rotorSchema.parse((await gateway.post('/api/rotors', { name: 'simulated' })).body).id;
});

test('the table of a beam that was measured in the simulator makes the same beam there', async () => {
  const pointings = steps(39, 3).flatMap((up) =>
    steps(53, 3).map((right) => ({ azimuth: right - 78, elevation: up - 57 })),
  );
  const measured = await levelsWith(FAN, pointings);
  const column = (of: (pointing: (typeof pointings)[number]) => number) => Float64Array.from(pointings, of);
  const map = {
    azimuthDeg: column(({ azimuth }) => azimuth),
    elevationDeg: column(({ elevation }) => elevation),
    level: Float64Array.from(measured, (dbm) => 10 ** ((dbm + 90) / 10)),
  };
  const id = await addMap(world.database.url, { map, columns: 53, rotorId: other });
  const path = `/api/rotors/${other}/beam`;
  expect((await gateway.get(`${path}/table`)).status).toBe(404);
  const body = { session_id: id, azimuth: 0, elevation: 0.45, background_db: -200 };
  const stored = await gateway.request(path, { method: 'PUT', body });
  expect([stored.status, stored.status === 200 ? '' : stored.text]).toEqual([200, '']);

  const table = beamTableSchema.parse((await gateway.get(`${path}/table`)).body);
  const again = await levelsWith(table, pointings);
  const [most, mostAgain] = [Math.max(...measured), Math.max(...again)];
  let compared = 0;
  for (const [k, dbm] of measured.entries()) {
    const [first, second] = [dbm - most, (again[k] ?? NaN) - mostAgain];
    if (first < -20) continue;
    compared++;
    expect(Math.abs(second - first), JSON.stringify(pointings[k])).toBeLessThan(0.5);
  }
  // The beam and the side lobe.
  expect(compared).toBeGreaterThan(150);
  // Behind the antenna nothing was measured.
  const behind = table.gain_db.map((row) => row.at(-1));
  expect(new Set(behind).size).toBe(1);
  expect(behind[0]).toBeLessThan(-20);
});

test('a source that the stored side lobe explains has the flag sidelobe', async () => {
  const path = `/api/rotors/${other}/beam`;
  const { side_lobes } = rotorBeamSchema.parse((await gateway.get(path)).body);
  const lobe = side_lobes.find(({ plane, side }) => plane === 'azimuth' && side === 'after');
  expect(lobe?.level_db.value).toBeCloseTo(-10, 0);
  // The beam points to the left of the strong source, whose signal comes through the lobe; a lobe
  // of any antenna would be 13 dB below. To the right of it there is no such lobe.
  const elevationDeg = 10;
  const strong = { azimuthDeg: 110, elevationDeg, amplitude: 10 };
  const aside = (lobe?.angle_deg.value ?? NaN) / Math.cos((elevationDeg * Math.PI) / 180);
  const [ghost, real] = [-aside, aside].map((by) => ({
    ...strong,
    azimuthDeg: strong.azimuthDeg + by,
    amplitude: 1,
  }));
  const [columns, rows] = [44, 8];
  const map = syntheticSky({
    points: rectangleGrid({ azimuthDeg: 110, elevationDeg: 20 }, columns, rows, 5),
    sources: [strong, ghost, real] as TrueSource[],
    beamWidthDeg: 20,
    relativeSigma: 0.003,
    seed: 4,
  });
  const id = await addMap(world.database.url, {
    ...{ map, columns, rotorId: other, rotor: { beam_width_deg: 20 } },
  });
  const flagged = async () => {
    await until('the sources are found', async () => {
      const searches = (await gateway.get(`/api/skyscan/${id}/sources/searches`)).body as SourceSearch[];
      return searches[0]?.status === 'done';
    });
    const found = (await gateway.get(`/api/skyscan/${id}/sources`)).body as Source[];
    return found
      .map(({ azimuth, flags }) => [Math.round(azimuth / 10), flags.includes('sidelobe')])
      .sort(([a], [b]) => Number(a) - Number(b));
  };
  const places = [ghost, strong, real].map((source) => Math.round((source?.azimuthDeg ?? NaN) / 10));
  expect(await flagged()).toEqual([
    [places[0], true],
    [places[1], false],
    [places[2], false],
  ]);

  expect((await gateway.request(path, { method: 'DELETE' })).status).toBe(204);
  expect((await gateway.post(`/api/skyscan/${id}/sources`, {})).status).toBeLessThan(300);
  expect(await flagged()).toEqual(places.map((place) => [place, false]));
});
