import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Spectrum } from '#contract/rest/spectra';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { describeUnless, describeWithPrograms } from '../support/peers.ts';
import { PYTHON_CLIENT, missingModule, runPython, startPython } from '../support/python.ts';
import { callApi, fastRotor, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

// clients/python with the packages of Debian, against a whole system.

const MODULES = ['requests', 'websockets', 'pandas', 'xarray', 'astropy', 'matplotlib'];
const missing = missingModule(MODULES);

describeUnless(missing && `python3-${missing} is not installed`, 'the Python client', () => {
  let stack: TestStack;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sky-scan-python-'));
    stack = await startTestStack();
    await callApi(stack, 'POST', '/api/rotors', fastRotor(stack));
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (scan: object) =>
    callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
      rotor_id: 1,
      rssi_iterations: 2,
      ...scan,
    });

  test('follows a session across a pause, a resume and kill -9 of the gateway: every point once', async () => {
    const run = startPython(
      `
client = Client(sys.argv[1])
session = client.start(1, az_end=90, el_start=20, el_end=60, step_deg=7)["id"]
for message in client.follow(session):
    show([message["status"], message["point"] and message["point"]["seq"], session])
    if message["point"] and message["point"]["seq"] == 5:
        client.pause(session)
    if message["status"] == "paused":
        client.resume(session)
show(client.session(session)["status"])
`,
      [stack.httpUrl],
    );
    const messages = () =>
      run.printed.filter((line): line is [string, number | null, number] => Array.isArray(line));
    const seqs = () => messages().flatMap(([, seq]) => (seq === null ? [] : [seq]));
    await until('points arrive', () => seqs().length >= 20 || run.errors !== '');
    await stack.kill('api-gateway');
    const before = seqs().length;
    expect([await run.ended, run.printed.at(-1)], run.errors).toEqual([0, 'completed']);
    expect(before).toBeLessThan(78);
    expect(seqs()).toEqual(Array.from({ length: 78 }, (_, k) => k + 1));
    const statuses = messages().map(([status]) => status);
    expect(statuses.filter((status, k) => status !== statuses[k - 1])).toEqual([
      ...(statuses[0] === 'pending' ? ['pending'] : []),
      'running',
      'paused',
      'running',
      'completed',
    ]);
    expect(run.errors).toMatch(/connection lost after point \d+ .*; reconnecting/);
    expect(run.errors).toContain('reconnected after');
  });

  test('returns points, maps and spectra as the API has them', async () => {
    const { id } = await start({
      az_start: 350,
      az_end: 20,
      el_start: 20,
      el_end: 40,
      step_deg: 10,
      spectrum: { channels: 64 },
    });
    await untilStatus(stack, id, 'completed');
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    const spectrum = await callApi<Spectrum>(stack, 'GET', `/api/skyscan/${id}/spectrum?seq=5`);
    const [table, xarray, astropy, channels, waterfall] = (await runPython(
      `
client, session = Client(sys.argv[1]), int(sys.argv[2])
table = client.points(session)
show(json.loads(table.reset_index().to_json(orient="records", date_format="iso", double_precision=15)))
sky = client.map_xarray(session)
cells = [[float(sky["mean_dbm"].sel(azimuth=azimuth, elevation=elevation)) for azimuth in sky.azimuth] for elevation in sky.elevation]
show({"cells": cells, "azimuth": sky.azimuth.values.tolist(), "elevation": sky.elevation.values.tolist(), "unit": sky["mean_dbm"].attrs["units"],
      "times": int(sky["measured_at"].notnull().sum())})
image = client.map_astropy(session)
corner = [float(value) for value in image.wcs.pixel_to_world_values(3, 2)]
show({"cells": image.data.tolist(), "unit": image.meta["unit"], "masked": int(image.mask.sum()), "corner": corner})
spectrum = client.spectrum(session, 5)
show([spectrum.index.tolist(), spectrum["mean_db"].tolist()])
waterfall = client.waterfall(session, rows=4)
show([list(waterfall.shape), waterfall.seq.values.tolist(), float(waterfall.frequency_hz[0])])
`,
      [stack.httpUrl, id],
    )) as [Record<string, unknown>[], Sky, Sky & { corner: number[] }, number[][], unknown[]];
    expect(table).toHaveLength(points.length);
    table.forEach((row, k) => {
      const point = points[k] as PublishedMeasurement;
      expect(row).toMatchObject({
        seq: k + 1,
        row: point.row,
        column: point.column,
        setpoint_azimuth: point.setpoint.azimuth,
        readback_elevation: point.readback.elevation,
        reads: 2,
        flags: point.flags.join(' '),
        unit: point.unit,
        measured_at: point.measured_at,
      });
      expect(row['mean_dbm']).toBeCloseTo(point.mean_dbm, 10);
    });
    const level = (row: number, column: number) =>
      points.find((point) => point.row === row && point.column === column)?.mean_dbm ?? NaN;
    const cells = [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => level(row, column)));
    expect(xarray).toEqual({
      cells: cells.map((row) => row.map((cell) => expect.closeTo(cell, 10) as number)),
      azimuth: [350, 360, 370, 380],
      elevation: [20, 30, 40],
      unit: 'dBFS',
      times: 12,
    });
    expect(astropy).toEqual({
      cells: cells.map((row) => row.map((cell) => expect.closeTo(cell, 4) as number)),
      unit: 'dBFS',
      masked: 0,
      corner: [expect.closeTo(20, 9), expect.closeTo(40, 9)],
    });
    expect(channels[1]).toEqual(spectrum.mean_db);
    expect(channels[0]?.[1]).toBe(spectrum.first_channel_hz + spectrum.channel_hz);
    expect(waterfall).toEqual([[4, 64], [1, 4, 7, 10], spectrum.first_channel_hz]);
  });

  test('reports what the server refuses in its own words', async () => {
    const { id } = await start({ el_start: 40, el_end: 40, step_deg: 90, grid: 'equal_area' });
    await untilStatus(stack, id, 'completed');
    const reports = await runPython(
      `
client, session = Client(sys.argv[1]), int(sys.argv[2])
for call in (lambda: client.session(999), lambda: next(client.follow(999)), lambda: client.start(1, step_deg=-1, az_end=900),
             lambda: client.resume(session), lambda: client.map_xarray(session), lambda: client.map_astropy(session),
             lambda: client.spectrum(session, 1), lambda: client.get("/docs"), lambda: Client("http://127.0.0.1:1").sessions()):
    try:
        call()
        show("no error")
    except SkyScanError as error:
        show([type(error).__name__, str(error).replace(sys.argv[1], "URL")])
`,
      [stack.httpUrl, id],
    );
    expect(reports).toEqual([
      ['ApiError', 'Scan session not found (status 404)'],
      ['ApiError', 'Scan session not found (status 404)'],
      ['ApiError', 'az_end: Must be in -180..540 deg; step_deg: Must be in 0.01..360 deg (status 422)'],
      ['ApiError', "Cannot resume scan in 'completed' state (must be paused) (status 400)"],
      [
        'SkyScanError',
        `session ${id} is a scan with the grid equal_area, which is not an array of azimuths and elevations: use points()`,
      ],
      ['SkyScanError', `session ${id} has no MAP in FITS: only rectangular grids of directions have one`],
      ['ApiError', `Session ${id} has no spectra: it was started without \`spectrum\` (status 409)`],
      ['SkyScanError', 'URL/docs: the answer is not JSON; another program is listening there'],
      ['Unreachable', 'http://127.0.0.1:1 cannot be reached: [Errno 111] Connection refused'],
    ]);
  });

  test('the example runs from top to bottom', async () => {
    const plot = join(folder, 'map.png');
    const env = { ...process.env, SKY_SCAN_URL: stack.httpUrl, SKY_SCAN_PLOT: plot, MPLBACKEND: 'Agg' };
    const { stdout } = await promisify(execFile)('/usr/bin/python3', [join(PYTHON_CLIENT, 'example.py')], {
      env,
    });
    expect(stdout).toMatch(/78 points, about \d+ s/);
    expect(stdout.match(/%  az/g)).toHaveLength(78);
    expect(stdout).toMatch(/First pixel: azimuth 160.0, elevation 30.0: -\d/);
    expect(stdout).toMatch(/ at \d+\.\d, \d+\.\d: \d+\.\d dB\n$/);
    expect(statSync(plot).size).toBeGreaterThan(5_000);
  });
});

describeWithPrograms(['mypy'], 'the types of the Python client', () => {
  test('pass mypy --strict', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'sky-scan-mypy-'));
    onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
    const files = ['skyscan.py', 'example.py'];
    const args = ['--config-file', 'mypy.ini', '--cache-dir', cache, ...files];
    const { stdout } = await promisify(execFile)('mypy', args, { cwd: PYTHON_CLIENT }).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('Success: no issues found in 2 source files\n');
  });
});

interface Sky {
  cells: number[][];
  unit: string;
}
