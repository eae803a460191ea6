import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { runSkyscan } from '../support/cli.ts';
import { recordedIq } from '../support/gateway-orchestrator.ts';
import { addRotor, startTestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
let rotorId: number;
let names = 0;

beforeEach(async () => {
  world.orchestrator.failing.clear();
  world.orchestrator.recordings.length = 0;
  rotorId = await addRotor(world, `recording rotor ${++names}`);
});

const post = (body: unknown, id = rotorId) => world.gateway.post(`/api/rotors/${id}/record`, body);

interface Metadata {
  global: Record<string, unknown>;
  captures: Record<string, unknown>[];
  annotations: Record<string, unknown>[];
}

async function read(archive: Buffer): Promise<{ names: string[]; data: Buffer; meta: Metadata }> {
  const files: [string, Buffer][] = [];
  for await (const entry of Readable.from([archive]).pipe(extract()))
    files.push([entry.header.name, await buffer(entry)]);
  const [data, meta] = files;
  return {
    names: files.map(([name]) => name),
    data: data?.[1] ?? Buffer.alloc(0),
    meta: JSON.parse(String(meta?.[1])) as Metadata,
  };
}

async function record(body: object): Promise<Response> {
  return fetch(`${world.gateway.url}/api/rotors/${rotorId}/record`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('a recording', () => {
  test('is a SigMF archive with the settings of the rotor', async () => {
    const response = await record({ duration_ms: 100 });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
    const name = /filename="?([\w-]+)\.sigmf/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    expect(name).toMatch(new RegExp(`^rotor-${rotorId}-\\d{8}T\\d{6}Z$`));
    const { names: files, data, meta } = await read(Buffer.from(await response.arrayBuffer()));
    expect(files).toEqual([`${name}/${name}.sigmf-data`, `${name}/${name}.sigmf-meta`]);
    const iq = recordedIq(102_400);
    expect(data.equals(iq)).toBe(true);
    expect(meta.global).toMatchObject({
      'core:sample_rate': 1_024_000,
      'core:sha512': createHash('sha512').update(iq).digest('hex'),
    });
    expect(meta.captures).toMatchObject([
      {
        'core:frequency': 1_419_750_000,
        'skyscan:azimuth_deg': 10,
        'skyscan:elevation_deg': 20,
        'skyscan:gain_db': world.orchestrator.level.gainDb,
      },
    ]);
    expect(meta.annotations).toMatchObject([
      { 'core:freq_lower_edge': 1_419_000_000, 'core:freq_upper_edge': 1_421_000_000 },
    ]);
    expect(world.orchestrator.recordings).toMatchObject([
      { durationMs: 100, rotor: { id: rotorId, receiver: { gainDb: 29.7 } } },
    ]);
    expect(world.orchestrator.recordings[0]?.target).toBeUndefined();
  });

  test('uses the pointing and the settings of the request', async () => {
    const settings = { center_frequency_hz: 433.92e6, bandwidth_hz: 200e3, gain_db: 10 };
    const response = await record({ duration_ms: 1, azimuth: 90, elevation: 45, ...settings });
    const { meta } = await read(Buffer.from(await response.arrayBuffer()));
    expect(meta.captures).toMatchObject([{ 'skyscan:azimuth_deg': 90, 'skyscan:elevation_deg': 45 }]);
    expect(meta.annotations).toMatchObject([{ 'core:freq_lower_edge': 433.82e6 }]);
    expect(world.orchestrator.recordings).toMatchObject([
      {
        target: { azimuthDeg: 90, elevationDeg: 45 },
        rotor: { receiver: { centerFrequencyHz: 433.92e6, bandwidthHz: 200e3, gainDb: 10 } },
      },
    ]);
  });

  test('has the offset of the rotor only with the settings of the rotor', async () => {
    await fetch(`${world.gateway.url}/api/rotors/${rotorId}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dbm_offset_db: -60 }),
    });
    const offset = async (change: object) => {
      const response = await record({ duration_ms: 1, ...change });
      const { meta } = await read(Buffer.from(await response.arrayBuffer()));
      return meta.captures[0]?.['skyscan:dbm_offset_db'];
    };
    expect(await offset({})).toBe(-60);
    expect(await offset({ gain_db: 29.7 })).toBe(-60);
    expect(await offset({ gain_db: 40 })).toBeUndefined();
  });
});

describe('a recording is refused', () => {
  test.each([
    [{}, 'duration_ms', 'Field required'],
    [{ duration_ms: 0 }, 'duration_ms', 'Must be in 0.001..10000 ms'],
    [{ duration_ms: 10_001 }, 'duration_ms', 'Must be in 0.001..10000 ms'],
    [{ duration_ms: '100' }, 'duration_ms', 'Must be a finite number'],
    [{ duration_ms: 1, azimuth: 10 }, 'elevation', 'Required with the other one'],
    [{ duration_ms: 1, elevation: 10 }, 'azimuth', 'Required with the other one'],
    [{ duration_ms: 1, gain_db: 1_000 }, 'gain_db', 'Must be in -100..200 dB'],
    [{ duration_ms: 1, center_frequency_hz: null }, 'center_frequency_hz', 'Must be a finite number'],
    [{ duration_ms: 1, sample_rate: 1 }, 'sample_rate', 'Unknown field'],
  ])('with 422 for %j', async (body, field, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      detail: [{ loc: ['body', field], msg: expect.stringContaining(message) as string }],
    });
    expect(world.orchestrator.recordings).toEqual([]);
  });

  test('for an unknown rotor, and for a direction outside its limits', async () => {
    expect(await post({ duration_ms: 1 }, 9_999)).toMatchObject({
      status: 404,
      body: { detail: 'Rotor not found' },
    });
    const outside = await post({ duration_ms: 1, azimuth: 0, elevation: 1 });
    expect(outside.status).toBe(400);
    expect(outside.body).toMatchObject({ detail: expect.stringMatching(/elevation 1.* 5/) as string });
    expect(world.orchestrator.recordings).toEqual([]);
  });

  test('during a scan of the rotor', async () => {
    const scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.untilStatus('running');
    expect(await post({ duration_ms: 1 }, scan.rotorId)).toMatchObject({
      status: 409,
      body: { detail: 'Cannot record with rotor while a scan is active' },
    });
    await scan.setStatus('cancelled');
  });

  test.each([
    [new SkyScanError('busy', 'the rotor is held by a recording'), 409],
    [new SkyScanError('unsupported', 'receiver default delivers levels only'), 409],
    [new SkyScanError('out_of_range', 'duration_ms 5000 is 19.53 MiB'), 400],
    [
      new SkyScanError('unavailable', '9 samples of the recording are missing', {
        details: { peer: 'receiver' },
      }),
      503,
    ],
  ])('with the reason of the orchestrator: %s', async (error, status) => {
    world.orchestrator.failing.set('record', error);
    const answer = await post({ duration_ms: 1 });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ detail: expect.stringContaining(error.message) as string });
  });
});

describe('skyscan record', () => {
  const skyscan = (...args: string[]) =>
    runSkyscan(['record', String(rotorId), ...args], { env: { SKYSCAN_URL: world.gateway.url } });

  test('writes the archive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-record-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'snippet.sigmf');
    const options = ['--ms', '2', '--at', '90:45', '--frequency', '433.92e6', '--gain', '10', '--json'];
    const { code, out, err } = await skyscan('-o', path, ...options);
    expect([code, err]).toEqual([0, '']);
    const archive = readFileSync(path);
    expect(JSON.parse(out)).toEqual({ rotor_id: rotorId, file: path, bytes: archive.length });
    expect((await read(archive)).data.equals(recordedIq(2_048))).toBe(true);
    expect(world.orchestrator.recordings).toMatchObject([
      { durationMs: 2, target: { azimuthDeg: 90, elevationDeg: 45 }, rotor: { receiver: { gainDb: 10 } } },
    ]);
    world.orchestrator.failing.set('record', new SkyScanError('busy', 'the rotor is held by a recording'));
    expect(await skyscan('-o', join(folder, 'refused.sigmf'), '--ms', '2')).toMatchObject({
      code: 1,
      err: 'skyscan: Cannot record with rotor: the rotor is held by a recording\n',
    });
    expect(readdirSync(folder)).toEqual(['snippet.sigmf']);
  });

  test.each([
    [['--ms', '0'], 'ms 0 ms is outside 0.001..10000 ms'],
    [['--ms', '1', '--at', '90'], 'It must look like AZ:EL'],
    [['--ms', '1', '--at', '90,5,45'], 'It must look like AZ:EL'],
    [['--ms', '1', '--at', '90:200'], 'elevation 200 deg is outside -90..180 deg'],
    [[], "required option '--ms <duration>' not specified"],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await skyscan('-o', '-', ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
