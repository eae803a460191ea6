import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMsi } from '#shared/pattern/msi';
import { analyticGain, scanOver } from '../support/analytic-antenna.ts';
import { startAnalyst } from '../support/analyst.ts';
import { runSkyscan } from '../support/cli.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { addMap } from '../support/stored-map.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
const folder = mkdtempSync(join(tmpdir(), 'sky-scan-pattern-'));
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let gateway: Gateway;
let id: string;

beforeAll(async () => {
  await startTestScan(world);
  analyst = await startAnalyst();
  gateway = await world.startGateway({ SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` });
  const map = scanOver({
    gainAt: analyticGain([0, 1, 0]),
    source: { azimuthDeg: 180, elevationDeg: 30 },
    azimuths: [132, 228],
    elevations: [-2, 70],
    stepDeg: 8,
    noiseDb: 0.1,
  });
  id = String(await addMap(world.database.url, { map, columns: 13 }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.close();
  await analyst.close();
});

const OVER = ['--azimuth', '180', '--elevation', '30', '--background', '-150'];
const skyscan = (args: string[], isTTY = false) =>
  runSkyscan(['pattern', id, ...args], { env: { SKYSCAN_URL: gateway.url, NO_COLOR: '1' }, isTTY });

describe('skyscan pattern', () => {
  test('prints the figures with their sigmas, and warnings on standard error', async () => {
    const { code, out, err } = await skyscan(OVER);
    const lines = out.trimEnd().split('\n');
    expect([code, lines[0]]).toEqual([0, '130 points over azimuth 180 deg, elevation 30 deg, 1420.000 MHz']);
    expect(lines[1]).toMatch(/^FIGURE +VALUE +UNIT +AT DEG$/);
    expect(lines[2]).toMatch(/^Half-power width, azimuth +4\d\.\d+ \+- \d\.\d+ +deg$/);
    expect(out).toMatch(/^Front to back, opposite +not measured$/m);
    expect(out).toMatch(/^Directivity +at most 1\d\.\d+ \+- \d\.\d+ +dBi$/m);
    expect(err).toMatch(/^warning: \d+\.\d % of the sphere was measured/);
  });

  test('draws both cuts in the width of a terminal', async () => {
    const { out } = await skyscan(OVER, true);
    const lines = out.split('\n');
    const [azimuth, elevation] = [
      lines.indexOf('azimuth plane, left to right'),
      lines.indexOf('elevation plane, below to above'),
    ];
    expect([azimuth, elevation - azimuth]).toEqual([1, 13]);
    expect(lines[azimuth + 1]).toMatch(/^ +0 dB +[▁-█]+$/);
    expect(Math.max(...lines.slice(0, elevation + 13).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('prints the JSON of the API', async () => {
    const { out } = await skyscan([...OVER, '--json']);
    const { body } = await gateway.get(
      `/api/skyscan/${id}/pattern?azimuth=180&elevation=30&background_db=-150`,
    );
    expect(JSON.parse(out)).toEqual(body);
  });

  test('writes the file that the extension says', async () => {
    const path = join(folder, 'beam.MSI');
    const refused = await skyscan([...OVER, '-o', path]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('fill_db')]);
    expect(readdirSync(folder)).toEqual([]);
    const { code, out, err } = await skyscan([...OVER, '-o', path, '--fill', '-30']);
    const text = readFileSync(path, 'utf8');
    expect([code, out, err]).toEqual([0, '', `${path}: ${text.length} bytes\n`]);
    expect(readMsi(text).azimuthDb[180]).toBe(-30);
    const splat = await skyscan([...OVER, '-o', join(folder, 'beam.az'), '--fill', '-30', '--json']);
    expect(JSON.parse(splat.out)).toMatchObject({ format: 'splat.az', session_id: Number(id) });
  });

  test.each([
    [['--source', 'sun', '-o', 'x.gif'], 2, 'x.gif has none of the extensions .msi, .pln, .nsma, .csv'],
    [['--source', 'sun', '-o', '-'], 2, '- has none of the extensions'],
    [['--source', 'sun', '-o', 'x.csv', '--fill', '-30'], 2, '--fill is for files: msi, nsma, splat.az'],
    [['--source', 'sun', '--polarization', 'h'], 2, '--polarization is for files: nsma'],
    [['--source', 'sun', '--force'], 2, '--force is for --output'],
    [['--source', 'mars'], 2, 'Allowed choices are sun, moon'],
    [['--azimuth', '400'], 2, 'azimuth 400 deg is outside -360..360 deg'],
    [['--azimuth', '1'], 1, 'must be given together'],
    [['--azimuth', '1', '--elevation', '-5'], 1, 'below the horizon'],
  ])('%j is refused', async (args, code, message) => {
    const found = await skyscan(args);
    expect([found.code, found.out, found.err]).toEqual([code, '', expect.stringContaining(message)]);
  });
});
