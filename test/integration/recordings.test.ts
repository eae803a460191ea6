import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import { callApi, fastRotor, getSession } from '../support/stack-client.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { startScan } from '../support/whole-scan.ts';

// Recordings of the simulated dongle through all services, read by Python.

const CARRIER_HZ = 145_612_345;
const CENTRE_HZ = 145_500_000;
const PLACE = { latitude_deg: 48, longitude_deg: 11 };
// 0.1 degrees north: 11 km.
const MAST = { name: 'mast', latitude_deg: 48.1, longitude_deg: 11, height_m: 100, eirp_dbm: -14 };

/** What a SigMF reader finds in an archive. */
const READER = `
import hashlib, json, sys, tarfile
import numpy
with tarfile.open(sys.argv[1]) as archive:
  files = {name.rsplit('.', 1)[1]: archive.extractfile(name).read() for name in archive.getnames()}
meta = json.loads(files['sigmf-meta'])
data = numpy.frombuffer(files['sigmf-data'], numpy.uint8).astype(float) - 127.5
iq = (data[0::2] + 1j * data[1::2]) / 127.5
rate = meta['global']['core:sample_rate']
power = abs(numpy.fft.fft(iq * numpy.hanning(len(iq)))) ** 2
# Without the DC offset.
power[:100] = power[-100:] = 0
frequencies = numpy.fft.fftfreq(len(iq), 1 / rate) + meta['captures'][0]['core:frequency']
print(json.dumps({
  'meta': meta,
  'samples': len(iq),
  'sha512': hashlib.sha512(files['sigmf-data']).hexdigest(),
  'peak_hz': float(frequencies[power.argmax()]),
  'peak_over_median_db': float(10 * numpy.log10(power.max() / numpy.median(power))),
}))`;

interface Read {
  meta: {
    global: Record<string, unknown>;
    captures: Record<string, unknown>[];
    annotations: Record<string, unknown>[];
  };
  samples: number;
  sha512: string;
  peak_hz: number;
  peak_over_median_db: number;
}

let stack: TestStack;
let folder: string;
let rotorId: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-recordings-'));
  const world = join(folder, 'world.json');
  writeFileSync(world, JSON.stringify({ emitters: [{ ...MAST, signals: [{ center_hz: CARRIER_HZ }] }] }));
  stack = await startTestStack({
    simulator: {
      ...LARGE_BLOCKS,
      SIM_WORLD_FILE: world,
      SIM_LATITUDE_DEG: String(PLACE.latitude_deg),
      SIM_LONGITUDE_DEG: String(PLACE.longitude_deg),
    },
  });
  await callApi(stack, 'PUT', '/api/sites/1', PLACE);
  const rotor = {
    min_elevation: 0,
    center_frequency_hz: CENTRE_HZ,
    bandwidth_hz: 500_000,
    dbm_offset_db: -60,
  };
  rotorId = (await callApi<{ id: number }>(stack, 'POST', '/api/rotors', fastRotor(stack, rotor))).id;
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true });
});

function record(body: object): Promise<Response> {
  return fetch(`${stack.httpUrl}/api/rotors/${rotorId}/record`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function refusal(response: Promise<Response>): Promise<[number, string]> {
  const answer = await response;
  return [answer.status, ((await answer.json()) as { detail: string }).detail];
}

/** A rotor in use cannot be changed; this changes nothing. */
const isHeld = async () => (await stack.api('PUT', `/api/rotors/${rotorId}`, {})).status === 409;

/** A computer under load loses samples, and the recording then fails: records again. */
function recorded(body: object): Promise<Response> {
  return until('a complete recording', async () => {
    const response = await record(body);
    const isLossy = response.status === 503 && /missing/.test(await response.clone().text());
    return isLossy ? undefined : response;
  });
}

async function readBy(python: string, response: Response): Promise<Read> {
  expect(response.status).toBe(200);
  const path = join(folder, 'snippet.sigmf');
  writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  return JSON.parse(execFileSync(python, ['-c', READER, path], { encoding: 'utf8' })) as Read;
}

describeWithPrograms(['python3'], 'a recording', () => {
  test('has the carrier at its frequency, where the rotor points to it', async () => {
    const beforeMs = Date.now();
    const response = await recorded({ duration_ms: 100, azimuth: 0, elevation: 0.5 });
    const afterMs = Date.now();
    const { meta, samples, sha512, peak_hz, peak_over_median_db } = await readBy(
      '/usr/bin/python3',
      response,
    );
    expect(samples).toBe(204_800);
    expect(meta.global).toMatchObject({
      'core:datatype': 'cu8',
      'core:sample_rate': 2_048_000,
      'core:sha512': sha512,
    });
    const [capture = {}] = meta.captures;
    // Beside the channel; bins of 10 Hz, and the simulator rounds carriers to 31 Hz.
    expect(capture['core:frequency']).toBe(CENTRE_HZ - 512_000);
    expect(Math.abs(peak_hz - CARRIER_HZ)).toBeLessThan(30);
    expect(peak_over_median_db).toBeGreaterThan(30);
    const startedMs = Date.parse(String(capture['core:datetime']));
    expect(startedMs).toBeGreaterThan(beforeMs);
    expect(startedMs).toBeLessThan(afterMs - 100);
    expect(capture['core:geolocation']).toEqual({ type: 'Point', coordinates: [11, 48] });
    expect(capture['skyscan:gain_db']).toBe(29.7);
    expect(capture['skyscan:dbm_offset_db']).toBe(-60);
    expect(capture['skyscan:azimuth_deg']).toBeCloseTo(0, 0);
    expect(capture['skyscan:elevation_deg']).toBeCloseTo(0.5, 0);
    expect(meta.annotations).toMatchObject([{ 'core:sample_count': 204_800 }]);
  });

  test('at another pointing and frequency has no carrier', async () => {
    const response = await recorded({
      duration_ms: 20,
      azimuth: 90,
      elevation: 40,
      center_frequency_hz: 433e6,
    });
    const { meta, peak_over_median_db } = await readBy('/usr/bin/python3', response);
    expect(meta.captures[0]).toMatchObject({ 'core:frequency': 433e6 - 512_000 });
    expect(meta.captures[0]?.['skyscan:azimuth_deg']).toBeCloseTo(90, 0);
    expect(peak_over_median_db).toBeLessThan(20);
  });
});

test('while samples are taken no move, scan or other recording uses the rotor; a scan starts afterwards', async () => {
  const recording = record({ duration_ms: 2_000 });
  await until('the rotor is held', isHeld);
  const moved = await stack.api('POST', `/api/rotors/${rotorId}/move`, { azimuth: 10, elevation: 10 });
  expect(moved).toEqual({
    status: 409,
    body: { detail: 'Cannot move rotor: the rotor is held by a recording' },
  });
  const scan = await startScan(stack, rotorId);
  const response = await recording;
  expect(response.status).toBe(200);
  const archive = Buffer.from(await response.arrayBuffer());
  expect(archive.length).toBeGreaterThan(2_000 * 2_048 * 2);
  await until('the scan measures', async () => (await getSession(stack, scan)).completed_points > 0);
  expect(await refusal(record({ duration_ms: 1 }))).toEqual([
    409,
    'Cannot record with rotor while a scan is active',
  ]);
  await callApi(stack, 'POST', `/api/skyscan/${scan}/cancel`);
  await until('the scan has ended', async () => (await getSession(stack, scan)).status === 'cancelled');
});

test('a stop ends a recording', async () => {
  const stopped = record({ duration_ms: 4_000 });
  await until('the rotor is held', isHeld);
  await callApi(stack, 'POST', `/api/rotors/${rotorId}/stop`);
  expect((await refusal(stopped)).join(' ')).toMatch(/^(409|503) .*stopped by request/);
});

test('a recording is refused without a move if it is too long or the direction is not allowed', async () => {
  const before = await stack.api('GET', `/api/rotors/${rotorId}/position`);
  expect(await refusal(record({ duration_ms: 4_097, azimuth: 200, elevation: 40 }))).toEqual([
    400,
    'duration_ms 4097 is 16.00 MiB at 2048000 Hz; at most 16 MiB, which is 4096 ms',
  ]);
  expect((await record({ duration_ms: 1, azimuth: 200, elevation: 95 })).status).toBe(400);
  const { body } = await stack.api<object>('GET', `/api/rotors/${rotorId}/position`);
  expect({ ...body, timestamp: '' }).toEqual({ ...(before.body as object), timestamp: '' });
});

test('lost samples make a recording fail', async () => {
  const lossy = { response: record({ duration_ms: 3_000 }), isOver: false };
  void lossy.response.finally(() => (lossy.isOver = true));
  await until('the rotor is held', isHeld);
  // The first samples are taken some time after the lease is granted.
  let polls = 0;
  await until('the recording has failed', async () => {
    if (polls < 40 && polls++ % 10 === 0)
      await stack.simulator('POST', '/faults', { dropped_samples: 200_000 });
    return lossy.isOver;
  });
  const [status, detail] = await refusal(lossy.response);
  expect(status).toBe(503);
  expect(detail).toMatch(/\d+ samples of the recording are missing/);
});
