import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { sigmfArchive, type SigmfRecording } from './sigmf-archive.ts';
import { sigmfMetadata, type RecordedAt } from './sigmf-metadata.ts';

const NAME = 'rotor-1-20261201T040506Z';
/** More than the buffers of a tar stream. */
const DATA = Buffer.from(Uint8Array.from({ length: 300_002 }, (_, k) => (7 * k) % 251));

async function* blocksOf(data: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += 65_536) {
    await Promise.resolve();
    yield data.subarray(at, at + 65_536);
  }
}

function recordingOf(data: Buffer, change: Partial<SigmfRecording> = {}): SigmfRecording {
  return {
    name: NAME,
    mtime: new Date(0),
    bytes: data.length,
    iq: blocksOf(data),
    metadataOf: (sha512) => ({ sha512 }),
    ...change,
  };
}

async function filesOf(archive: AsyncIterable<Buffer>): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  const parser = Readable.from(archive).pipe(extract());
  for await (const entry of parser) files[entry.header.name] = await buffer(entry);
  return files;
}

test('an archive has the samples and the metadata with their hash', async () => {
  const files = await filesOf(sigmfArchive(recordingOf(DATA)));
  expect(Object.keys(files)).toEqual([`${NAME}/${NAME}.sigmf-data`, `${NAME}/${NAME}.sigmf-meta`]);
  expect(files[`${NAME}/${NAME}.sigmf-data`]?.equals(DATA)).toBe(true);
  const meta = files[`${NAME}/${NAME}.sigmf-meta`]?.toString() ?? '';
  expect(JSON.parse(meta)).toEqual({ sha512: createHash('sha512').update(DATA).digest('hex') });
});

test.each([
  [DATA.length - 2, 'the recording has 300002 bytes instead of 300000'],
  [DATA.length + 2, 'the recording has 300002 bytes instead of 300004'],
])('an archive of %d announced bytes fails when others arrive', async (bytes, message) => {
  await expect(buffer(sigmfArchive(recordingOf(DATA, { bytes })))).rejects.toThrow(message);
});

test('an archive fails when its samples fail', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield* blocksOf(DATA.subarray(0, 100_000));
    throw new Error('the connection broke');
  }
  await expect(buffer(sigmfArchive(recordingOf(DATA, { iq: failing() })))).rejects.toThrow(
    'the connection broke',
  );
});

test('a reader that leaves ends the samples, which are read only as they are needed', async () => {
  let read = 0;
  let isEnded = false;
  async function* watched(): AsyncGenerator<Buffer> {
    try {
      for await (const block of blocksOf(Buffer.alloc(100 * 65_536))) {
        read++;
        yield block;
      }
    } finally {
      isEnded = true;
    }
  }
  for await (const chunk of sigmfArchive(recordingOf(DATA, { iq: watched(), bytes: 100 * 65_536 })))
    if (chunk.length === 65_536) break;
  expect(isEnded).toBe(true);
  expect(read).toBeLessThan(5);
});

const RECORDED: RecordedAt = {
  recording: {
    tuner: 'R820T',
    sampleRateHz: 2_048_000,
    tunerFrequencyHz: 1_419_400_000,
    gainDb: 29.7,
    startedAtMs: Date.UTC(2026, 11, 1, 4, 5, 6, 789),
    samples: 150_001,
    readback: { azimuthDeg: 181.5, elevationDeg: 30.25 },
  },
  sha512: 'ab'.repeat(64),
  rotor: {
    id: 1,
    name: 'Roof "north"',
    receiver: 'lna',
    center_frequency_hz: 1_420_000_000,
    bandwidth_hz: 500_000,
    dbm_offset_db: -61.5,
  },
  place: { latitudeDeg: 52.5, longitudeDeg: 13.4, heightM: 34 },
};

test('metadata describe the samples, the pointing and the channel', () => {
  const { global, captures, annotations } = sigmfMetadata(RECORDED);
  expect(global).toMatchObject({
    'core:datatype': 'cu8',
    'core:version': '1.2.6',
    'core:sample_rate': 2_048_000,
    'core:sha512': RECORDED.sha512,
    'core:hw': 'RTL-SDR dongle, tuner R820T, receiver lna; antenna on rotor Roof "north"',
    'core:extensions': [{ name: 'skyscan', version: '1.0.0', optional: true }],
  });
  expect(captures).toEqual([
    {
      'core:sample_start': 0,
      'core:frequency': 1_419_400_000,
      'core:datetime': '2026-12-01T04:05:06.789Z',
      'core:geolocation': { type: 'Point', coordinates: [13.4, 52.5] },
      'skyscan:azimuth_deg': 181.5,
      'skyscan:elevation_deg': 30.25,
      'skyscan:gain_db': 29.7,
      'skyscan:dbm_offset_db': -61.5,
    },
  ]);
  expect(annotations).toMatchObject([
    {
      'core:sample_start': 0,
      'core:sample_count': 150_001,
      'core:freq_lower_edge': 1_419_750_000,
      'core:freq_upper_edge': 1_420_250_000,
    },
  ]);
});

test('metadata leave out an unknown place and a missing calibration', () => {
  const rotor = { ...RECORDED.rotor, dbm_offset_db: null };
  const [capture] = sigmfMetadata({ ...RECORDED, rotor, place: undefined }).captures;
  expect(Object.keys(capture ?? {})).not.toContain('core:geolocation');
  expect(Object.keys(capture ?? {})).not.toContain('skyscan:dbm_offset_db');
});
