import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Read } from '#proto/sdr_sampler';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import {
  startObservatory,
  startSampler,
  type TestObservatory,
  type TestSampler,
} from '../support/observatory.ts';
import { exchange } from '../support/rotctl-exchange.ts';
import { until } from '../support/until.ts';

/** 29.7 dB of gain and this offset make the simulated dongle's levels true dBm. */
const settings = {
  centerFrequencyHz: 1.42e9,
  bandwidthHz: 2.048e6,
  gainDb: 29.7,
  readMs: 10,
  dbmOffsetDb: -67,
};

let observatory: TestObservatory;
let sampler: TestSampler;
let sun: { azimuth: number; elevation: number };

beforeAll(async () => {
  observatory = await startObservatory();
  sampler = await startSampler(observatory.rtlTcpPort);
  sun = await strongestPointing();
});

afterAll(async () => {
  await sampler.close();
  await observatory.close();
});

afterEach(() => observatory.faults({ dongle_silent: false, dongle_drop: false }));

async function strongestPointing() {
  const pointings = Array.from({ length: 180 * 24 }, (_, k) => ({
    azimuth: (k % 180) * 2,
    elevation: 18 + 2 * Math.floor(k / 180),
  }));
  const response = await fetch(`http://127.0.0.1:${observatory.controlPort}/truth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(pointings),
  });
  const levels = (await response.json()) as number[];
  const strongest = pointings[levels.indexOf(Math.max(...levels))];
  if (!strongest) throw new Error('no truth');
  return strongest;
}

async function pointAt(azimuth: number, elevation: number): Promise<void> {
  await exchange(observatory.rotctldPort, `P ${azimuth.toFixed(2)} ${elevation.toFixed(2)}\n`);
  await until('arrival', async () => !(await observatory.state()).moving);
}

function meanDbm(reads: readonly Read[]): number {
  return linearToDb(reads.reduce((sum, read) => sum + dbToLinear(read.levelDb), 0) / reads.length);
}

describe('measuring', () => {
  test.each([
    ['the strongest source', () => sun],
    ['half a beam beside it', () => ({ azimuth: sun.azimuth, elevation: sun.elevation + 4 })],
    ['the belt', () => ({ azimuth: 180, elevation: 34.5 })],
    ['low in the north', () => ({ azimuth: 350, elevation: 18 })],
    ['cold sky', () => ({ azimuth: 40, elevation: 62 })],
    ['west', () => ({ azimuth: 280, elevation: 40 })],
  ])('finds the true level of %s within 0.2 dB', async (_, where) => {
    const { azimuth, elevation } = where();
    await pointAt(azimuth, elevation);
    const { reads, gainDb } = await sampler.client.measure({ settings, reads: 10 });
    expect(gainDb).toBe(29.7);
    expect(reads).toHaveLength(10);
    expect(Math.abs(meanDbm(reads) - (await observatory.truth(azimuth, elevation)))).toBeLessThan(0.2);
    for (const read of reads) {
      expect(read.clippedFraction).toBeLessThan(0.001);
      expect(read.rmsLsb).toBeGreaterThan(2);
    }
  });

  test('contains no signal from before the request', async () => {
    const cold = { azimuth: 40, elevation: 62 };
    const truth = await observatory.truth(cold.azimuth, cold.elevation);
    for (let round = 0; round < 10; round++) {
      await pointAt(sun.azimuth, sun.elevation);
      await sampler.client.measure({ settings, reads: 1 });
      await pointAt(cold.azimuth, cold.elevation);
      const { reads } = await sampler.client.measure({ settings: { ...settings, readMs: 2 }, reads: 3 });
      for (const read of reads) expect(Math.abs(read.levelDb - truth)).toBeLessThan(0.5);
    }
  });

  test('takes consecutive reads after the request', async () => {
    const requestedMs = Date.now();
    const { reads } = await sampler.client.measure({ settings, reads: 20 });
    const starts = reads.map((read) => read.startedAtMs);
    expect(starts[0]).toBeGreaterThan(requestedMs - 1);
    for (const [k, start] of starts.entries()) expect(start - (starts[0] ?? 0)).toBeCloseTo(10 * k, -0.5);
  });

  test('gives dBFS without an offset', async () => {
    await pointAt(40, 62);
    const { dbmOffsetDb, ...plain } = settings;
    const [calibrated, relative] = [
      await sampler.client.measure({ settings, reads: 10 }),
      await sampler.client.measure({ settings: plain, reads: 10 }),
    ];
    expect(Math.abs(meanDbm(relative.reads) + dbmOffsetDb - meanDbm(calibrated.reads))).toBeLessThan(0.1);
  });

  test.each([0, -500_000, 700_000])(
    'finds the true level of a narrow channel, %d Hz away',
    async (besideHz) => {
      await pointAt(40, 62);
      const centerFrequencyHz = settings.centerFrequencyHz + besideHz;
      const bandwidthHz = 204_800;
      const { reads } = await sampler.client.measure({
        settings: { ...settings, centerFrequencyHz, bandwidthHz },
        reads: 10,
      });
      // 205 channels of 1 kHz around the middle.
      const spectrum = await observatory.truthSpectrum(40, 62, {
        channels: 2_048,
        frequency_hz: centerFrequencyHz,
        sample_rate_hz: 2_048_000,
      });
      const inside = spectrum.slice(1_024 - 102, 1_024 + 103);
      const expected = linearToDb(inside.reduce((sum, db) => sum + dbToLinear(db), 0));
      expect(Math.abs(meanDbm(reads) - expected)).toBeLessThan(0.2);
    },
  );

  test('reports the actual gain of the tuner', async () => {
    expect(await sampler.client.measure({ settings: { ...settings, gainDb: 30.9 }, reads: 1 })).toMatchObject(
      {
        gainDb: 29.7,
      },
    );
    expect((await observatory.state()).dongle.gain_db).toBe(29.7);
  });

  test('shows too much gain as clipping and too little as underload', async () => {
    await pointAt(sun.azimuth, sun.elevation);
    const loud = await sampler.client.measure({ settings: { ...settings, gainDb: 49.6 }, reads: 5 });
    for (const read of loud.reads) expect(read.clippedFraction).toBeGreaterThan(0.1);
    await pointAt(40, 62);
    const quiet = await sampler.client.measure({ settings: { ...settings, gainDb: 20.7 }, reads: 5 });
    for (const read of quiet.reads) expect(read.rmsLsb).toBeLessThan(2);
    const right = await sampler.client.measure({ settings, reads: 5 });
    expect(Math.abs(meanDbm(right.reads) - (await observatory.truth(40, 62)))).toBeLessThan(0.2);
  });

  test('serves concurrent requests one after the other', async () => {
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 6 }, async (_, k) => {
        await sampler.client.measure({ settings, reads: 2 });
        order.push(k);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('can be cancelled without delaying the next one', async () => {
    const patience = new AbortController();
    const short = sampler.client.measure({ settings, reads: 1 });
    const endless = sampler.client.measure(
      { settings: { ...settings, readMs: 50_000 }, reads: 2 },
      { signal: patience.signal },
    );
    const given = expect(endless).rejects.toThrow();
    const next = sampler.client.measure({ settings, reads: 1 });
    await short;
    patience.abort();
    await given;
    await expect(next).resolves.toMatchObject({ gainDb: 29.7 });
  });

  test('counts lost samples', async () => {
    await sampler.client.measure({ settings, reads: 10 });
    const measuring = sampler.client.measure({ settings, reads: 150 });
    await observatory.faults({ dropped_samples: 600_000 });
    const { reads } = await measuring;
    const dropped = reads.reduce((sum, read) => sum + read.droppedSamples, 0);
    // The simulator loses whole blocks, more than the delays of a busy machine.
    expect(dropped).toBeGreaterThan(590_000);
    expect(dropped).toBeLessThan(660_000);
  });
});

describe('streaming', () => {
  test('gives reads without gaps while other clients measure with the same settings', async () => {
    const starts: number[] = [];
    const patience = new AbortController();
    const streaming = (async () => {
      for await (const { read } of sampler.client.streamReads({ settings }, { signal: patience.signal })) {
        starts.push(read?.startedAtMs ?? NaN);
        if (starts.length === 60) break;
      }
    })();
    await until('the stream delivers reads', () => starts.length > 0);
    await sampler.client.measure({ settings, reads: 3 });
    await expect(
      sampler.client.measure({ settings: { ...settings, gainDb: 0 }, reads: 3 }),
    ).rejects.toMatchObject({ kind: 'busy' });
    await streaming;
    const steps = starts.slice(1).map((start, k) => start - (starts[k] ?? 0));
    // Times are estimates that improve with every block; their mean interval is the read time.
    expect(steps.reduce((sum, step) => sum + step, 0) / steps.length).toBeCloseTo(10, 0);
    await until('other settings are accepted again', () =>
      sampler.client.measure({ settings: { ...settings, gainDb: 0 }, reads: 1 }).catch(() => undefined),
    );
  });

  test('ends with the reason when the receiver goes away', async () => {
    const reads: unknown[] = [];
    const streaming = (async () => {
      for await (const read of sampler.client.streamReads({ settings })) reads.push(read);
    })();
    const ended = expect(streaming).rejects.toMatchObject({ kind: 'unavailable' });
    await until('the stream delivers reads', () => reads.length > 0);
    await observatory.faults({ dongle_drop: true });
    await ended;
  });
});

describe('faults of the receiver', () => {
  test('silence is detected and reported, and the receiver recovers', async () => {
    await sampler.client.measure({ settings, reads: 1 });
    await observatory.faults({ dongle_silent: true });
    await expect(sampler.client.measure({ settings, reads: 5 })).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('has sent nothing for 1.5 s') as string,
    });
    await observatory.faults({ dongle_silent: false });
    await until('it measures again', () =>
      sampler.client.measure({ settings, reads: 5 }).catch(() => undefined),
    );
  });

  test('a lost connection delays a measurement but does not fail it', async () => {
    await pointAt(40, 62);
    const measuring = sampler.client.measure({ settings, reads: 50 });
    await until('settings', async () => (await observatory.state()).dongle.connected);
    // Accepts the next connection at once: the sampler waits longer after every one that fails.
    await observatory.faults({ dongle_hang_up: true });
    const { reads } = await measuring;
    expect(reads).toHaveLength(50);
    expect(Math.abs(meanDbm(reads) - (await observatory.truth(40, 62)))).toBeLessThan(0.2);
  });
});

// Each waits for the limits of the receiver, not for this machine.
describe.concurrent('an unavailable receiver', () => {
  test('a restarted server gets its settings again', async () => {
    const first = await startObservatory();
    const own = await startSampler(first.rtlTcpPort);
    try {
      await own.client.measure({ settings, reads: 1 });
      await first.close();
      await expect(own.client.measure({ settings, reads: 1 })).rejects.toMatchObject({ kind: 'unavailable' });
      const second = await startObservatory({ SIM_RTL_TCP_PORT: String(first.rtlTcpPort) });
      try {
        await until('it measures again', () =>
          own.client.measure({ settings, reads: 1 }).catch(() => undefined),
        );
        // The tuner is offset from the channel by at most a quarter of the sample rate.
        const { gain_db, frequency_hz } = (await second.state()).dongle;
        expect(gain_db).toBe(29.7);
        expect(Math.abs(frequency_hz - settings.centerFrequencyHz)).toBeLessThanOrEqual(512_000);
      } finally {
        await second.close();
      }
    } finally {
      await own.close();
    }
  });

  test('a second sampler on the same dongle reports why it gets no samples', async () => {
    const second = await startSampler(observatory.rtlTcpPort);
    try {
      await until('the reason', async () => {
        const error: unknown = await second.client.describe({}).catch((refused: unknown) => refused);
        return error instanceof Error && error.message.includes('serves one client at a time');
      });
    } finally {
      await second.close();
    }
  });

  test('a closed port and a peer that is not rtl_tcp are unavailable', async () => {
    const nobody = await startSampler(1);
    const stranger = await startSampler(observatory.controlPort);
    try {
      const unavailable = { kind: 'unavailable' };
      await Promise.all([
        expect(nobody.client.describe({})).rejects.toMatchObject(unavailable),
        expect(stranger.client.measure({ settings, reads: 1 })).rejects.toMatchObject(unavailable),
      ]);
    } finally {
      await nobody.close();
      await stranger.close();
    }
  });
});
