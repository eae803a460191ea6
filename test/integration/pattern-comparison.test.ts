import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patternComparisonSchema } from '#contract/rest/pattern-comparison';
import { rotorBeamSchema } from '#contract/rest/rotor-beams';
import { rotorSchema } from '#contract/rest/rotors';
import { ANALYTIC, analyticGain, scanOver } from '../support/analytic-antenna.ts';
import { startAnalyst } from '../support/analyst.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { addMap } from '../support/stored-map.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Stored sessions over a source, sky-analyst, and what the API makes of their patterns.

const SOURCE = 'azimuth=350&elevation=0&background_db=-150';
const MIB = 2 ** 20;

const world = useGatewayWorld();
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let [firstId, secondId, cutOffId, rotorId] = [0, 0, 0, 0];
let rippledIds: number[] = [];
/** Of a reflection, relative to the direct wave. */
const REFLECTED = 0.1;
let [msi, nsma] = ['', ''];

beforeAll(async () => {
  await startTestScan(world);
  analyst = await startAnalyst();
  // The other one has an active scan.
  rotorId = rotorSchema.parse((await world.gateway.post('/api/rotors', { name: 'dish' })).body).id;
  const scan = (seed: number) =>
    scanOver({
      gainAt: analyticGain([0, 1, 0]),
      source: { azimuthDeg: 350, elevationDeg: 0 },
      azimuths: [0, 352],
      elevations: [0, 176],
      stepDeg: 8,
      noiseDb: 0.05,
      seed,
    });
  firstId = await addMap(world.database.url, { map: scan(1), columns: 45, rotorId });
  secondId = await addMap(world.database.url, { map: scan(2), columns: 45, rotorId });
  rippledIds = [];
  for (const phase of [0, Math.PI / 2]) {
    const map = scan(3 + phase);
    // The path of the reflection changes with the direction, and its phase between the scans.
    map.level.forEach((level, k) => {
      const angle = phase + 5 * Math.sin(((map.azimuthDeg[k] ?? NaN) * Math.PI) / 180);
      map.level[k] = level * (1 + REFLECTED ** 2 + 2 * REFLECTED * Math.cos(angle));
    });
    rippledIds.push(await addMap(world.database.url, { map, columns: 45, rotorId }));
  }
  // The lower half of the beam is outside the scan.
  const cutOff = scanOver({
    gainAt: analyticGain([0, 1, 0]),
    source: { azimuthDeg: 350, elevationDeg: 10 },
    azimuths: [310, 390],
    elevations: [0, 60],
    stepDeg: 4,
    noiseDb: 0.05,
  });
  cutOffId = await addMap(world.database.url, { map: cutOff, columns: 21, rotorId });
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
  [msi, nsma] = await Promise.all([fileOf('msi'), fileOf('nsma')]);
});
afterAll(async () => {
  await gateway.close();
  await analyst.close();
});

async function fileOf(format: string): Promise<string> {
  return (await gateway.get(`/api/skyscan/${firstId}/pattern.${format}?${SOURCE}`)).text;
}

function addressOf(query: string, source = SOURCE): string {
  return `/api/skyscan/${firstId}/pattern/comparison?${source}&${query}`;
}

function upload(body: string | Buffer, format: string, headers: Record<string, string> = {}) {
  return gateway.request(addressOf(`format=${format}`), {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain', ...headers },
  });
}

async function comparisonWith(body: string, format: string) {
  const answer = await upload(body, format);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return patternComparisonSchema.parse(answer.body);
}

function figuresOf(comparison: Awaited<ReturnType<typeof comparisonWith>>) {
  return Object.fromEntries(comparison.figures.map(({ name, ...figure }) => [name, figure]));
}

describe('a comparison', () => {
  test.each(['msi', 'nsma'])('with its own %s file shows no difference', async (format) => {
    const comparison = await comparisonWith(format === 'msi' ? msi : nsma, format);
    expect(comparison.second.name).toContain(`scan ${firstId}`);
    for (const cut of Object.values(comparison.cuts)) {
      const differences = cut.map(({ difference_db }) => Math.abs(difference_db ?? NaN));
      expect(differences).toHaveLength(360);
      expect(Math.max(...differences)).toBeLessThan(0.011);
    }
    const { hpbw_azimuth, hpbw_elevation, front_to_back_opposite, directivity } = figuresOf(comparison);
    for (const width of [hpbw_azimuth, hpbw_elevation])
      expect(Math.abs((width?.difference?.value ?? NaN) / ANALYTIC.hpbwDeg)).toBeLessThan(0.005);
    expect(hpbw_azimuth?.second?.sigma).toBeNull();
    expect(hpbw_azimuth?.difference?.sigma).toBe(hpbw_azimuth?.first?.sigma);
    expect(front_to_back_opposite?.difference?.value).toBeCloseTo(0, 1);
    expect(directivity?.difference?.value).toBeCloseTo(0, 1);
  });

  test('of repeats with other reflections warns of their ripple', async () => {
    const [one, other] = rippledIds;
    const address = `/api/skyscan/${one}/pattern/comparison?${SOURCE}&with_session=${other}`;
    const { warnings } = patternComparisonSchema.parse((await gateway.get(address)).body);
    expect(warnings.map(({ code }) => code)).toEqual(['reflections']);
    const [, ripple] = /a ripple of ([\d.]+) dB/.exec(warnings[0]?.message ?? '') ?? [];
    const expected = 20 * Math.log10((1 + REFLECTED) / (1 - REFLECTED));
    // The largest of some windows, relative to a peak that has a ripple of its own.
    expect(Number(ripple) / expected).toBeGreaterThan(0.7);
    expect(Number(ripple) / expected).toBeLessThan(2.5);
  });

  test('with another session has differences within their standard deviations', async () => {
    const answer = await gateway.get(addressOf(`with_session=${secondId}`));
    const comparison = patternComparisonSchema.parse(answer.body);
    expect(comparison.second.name).toContain(`scan ${secondId}`);
    expect(comparison.warnings).toEqual([]);
    for (const name of ['hpbw_azimuth', 'hpbw_elevation', 'front_to_back_opposite', 'directivity']) {
      const { first, second, difference } = figuresOf(comparison)[name] ?? {};
      expect(difference?.sigma).toBeCloseTo(Math.hypot(first?.sigma ?? NaN, second?.sigma ?? NaN), 9);
      expect(difference?.value).not.toBe(0);
      expect(Math.abs(difference?.value ?? NaN)).toBeLessThan(4 * (difference?.sigma ?? NaN));
    }
  });

  test('with a wider antenna shows it', async () => {
    const wide = msi.replace(
      /^(\d+) (\d+\.\d\d)\r$/gm,
      (_, deg, loss) => `${deg} ${(loss / 2).toFixed(2)}\r`,
    );
    const { hpbw_azimuth } = figuresOf(await comparisonWith(wide, 'msi'));
    // Half of the losses, in dB: cos^20 instead of cos^40 of half of the angle.
    const expected = (4 * Math.acos(0.5 ** (1 / 20)) * 180) / Math.PI;
    expect(Math.abs((hpbw_azimuth?.second?.value ?? NaN) / expected - 1)).toBeLessThan(0.01);
    expect(hpbw_azimuth?.difference?.value).toBeLessThan(-10);
  });

  test.each([
    ['an MSI file as NSMA', () => msi, 'nsma', 'not a file in the format NSMA: line 1'],
    ['an NSMA file as MSI', () => nsma, 'msi', 'needs HORIZONTAL and VERTICAL'],
    ['an MSI file as NEC', () => msi, 'nec', 'has a table RADIATION PATTERNS'],
    ['half of an NSMA file', () => nsma.slice(0, nsma.length / 2), 'nsma', 'the file is not complete'],
    ['half of an MSI file', () => msi.slice(0, msi.length * 0.7), 'msi', 'is not a number'],
    [
      'a file without an angle',
      () => msi.replace('\r\n90 ', '\r\n91 '),
      'msi',
      'the angle 91 deg does not rise',
    ],
    ['a file in Latin 1', () => Buffer.from(`${msi}COMMENT 3°`, 'latin1'), 'msi', 'not UTF-8'],
    ['an empty body', () => '', 'msi', 'Body required'],
    ['another format', () => msi, 'csv', 'Must be msi, nsma or nec'],
  ])('with %s is refused', async (_, body, format, reason) => {
    const answer = await upload(body(), format);
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(reason)]);
  });

  test('with too large a file is refused', async () => {
    const answer = await upload(Buffer.alloc(16 * MIB + 1, ' '), 'nec');
    expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('larger than 16 MiB')]);
  });

  test('with a compressed file, without the other session or with one that does not exist is refused', async () => {
    expect((await upload(msi, 'msi', { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await gateway.get(addressOf(''))).status).toBe(422);
    expect((await gateway.get(addressOf('with_session=99999'))).status).toBe(404);
  });
});

describe('the beam of a rotor', () => {
  const question = { azimuth: 350, elevation: 0, background_db: -150 };
  const beam = (method: string, body?: unknown, id = rotorId) =>
    gateway.request(`/api/rotors/${id}/beam`, { method, ...(body !== undefined && { body }) });
  const rotor = async () => rotorSchema.parse((await gateway.get(`/api/rotors/${rotorId}`)).body);
  const type = (beam_width_deg: number | null) =>
    gateway.request(`/api/rotors/${rotorId}`, { method: 'PUT', body: { beam_width_deg } });

  test('is stored with widths and side lobes, and replaces the typed width until it is deleted', async () => {
    expect((await type(12)).status).toBe(200);
    expect((await beam('GET')).status).toBe(404);
    const stored = await beam('PUT', { session_id: firstId, ...question });
    expect([stored.status, stored.status === 200 ? '' : stored.text]).toEqual([200, '']);
    const { beam_width_deg, hpbw_deg, ...rest } = rotorBeamSchema.parse(stored.body);
    expect(rest).toMatchObject({
      rotor_id: rotorId,
      session_id: firstId,
      typed_beam_width_deg: 12,
      source: 'azimuth 350 deg, elevation 0 deg',
    });
    expect(beam_width_deg.value).toBeCloseTo(Math.sqrt(hpbw_deg.azimuth.value * hpbw_deg.elevation.value), 2);
    expect(beam_width_deg.value / ANALYTIC.hpbwDeg).toBeCloseTo(1, 1);
    expect(beam_width_deg.sigma).toBeGreaterThan(0);
    // The back lobe, in each cut on both sides.
    expect(rest.side_lobes.map(({ plane, side }) => `${plane} ${side}`).sort()).toEqual([
      'azimuth after',
      'azimuth before',
      'elevation after',
      'elevation before',
    ]);
    for (const { level_db } of rest.side_lobes) expect(level_db.value).toBeCloseTo(-20, 0);
    expect((await beam('GET')).body).toEqual(stored.body);
    expect((await rotor()).beam_width_deg).toBe(beam_width_deg.value);

    const typed = await type(20);
    expect([typed.status, typed.text]).toEqual([409, expect.stringContaining('delete that first')]);
    expect((await type(beam_width_deg.value)).status).toBe(200);
    // Another beam leaves the typed width as it is.
    const again = await beam('PUT', { session_id: secondId, ...question });
    expect(again.body).toMatchObject({ session_id: secondId, typed_beam_width_deg: 12 });

    expect((await beam('DELETE')).status).toBe(204);
    expect((await rotor()).beam_width_deg).toBe(12);
    expect([(await beam('GET')).status, (await beam('DELETE')).status]).toEqual([404, 404]);
    expect((await type(20)).status).toBe(200);
  });

  test('is refused without all of it, and from the session of another rotor', async () => {
    const partial = await beam('PUT', { session_id: cutOffId, azimuth: 350, elevation: 10 });
    expect([partial.status, partial.text]).toEqual([
      409,
      expect.stringContaining('width in elevation is unknown'),
    ]);
    const other = rotorSchema.parse((await gateway.post('/api/rotors', { name: 'another' })).body);
    const foreign = await beam('PUT', { session_id: firstId, ...question }, other.id);
    expect([foreign.status, foreign.text]).toEqual([409, expect.stringContaining(`not ${other.id}`)]);
    expect((await beam('GET')).status).toBe(404);
  });

  test.each([
    [{ azimuth: 350, elevation: 0 }, 'session_id'],
    [{ session_id: 1, source: 'mars' }, 'source'],
    [{ session_id: 1, azimuth: 1_000, elevation: 0 }, 'azimuth'],
    [{ session_id: 1, azimuth: 350, elevation: 0, width: 3 }, 'width'],
  ])('%j is refused', async (body, field) => {
    const answer = await beam('PUT', body);
    expect([answer.status, answer.body]).toMatchObject([422, { detail: [{ loc: ['body', field] }] }]);
  });
});

// The last one: it ends the sky-analyst.
test('a pattern is computed once: its files, picture and equal requests need no sky-analyst', async () => {
  const whole = await gateway.get(`/api/skyscan/${firstId}/pattern?${SOURCE}`);
  await analyst.close();
  const [again, file, picture, other] = await Promise.all([
    gateway.get(`/api/skyscan/${firstId}/pattern?${SOURCE}`),
    gateway.get(`/api/skyscan/${firstId}/pattern.csv?${SOURCE}`),
    gateway.get(`/api/skyscan/${firstId}/pattern.png?${SOURCE}`),
    gateway.get(`/api/skyscan/${firstId}/pattern?${SOURCE}&diameter_m=2`),
  ]);
  expect(again.body).toEqual(whole.body);
  expect([again, file, picture, other].map(({ status }) => status)).toEqual([200, 200, 200, 503]);
});
