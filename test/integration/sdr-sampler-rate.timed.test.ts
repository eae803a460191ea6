import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startObservatory,
  startSampler,
  type TestObservatory,
  type TestSampler,
} from '../support/observatory.ts';
import { measureWhenReady } from '../support/receivers.ts';
import { until } from '../support/until.ts';

const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2.048e6, gainDb: 29.7, readMs: 10 };

describe('a server with another sample rate', () => {
  let observatory: TestObservatory;
  let sampler: TestSampler;

  beforeAll(async () => {
    observatory = await startObservatory();
    // Slower than requested: a busy machine makes it even slower, never right.
    await observatory.faults({ dongle_rate_hz: 1_024_000 });
    sampler = await startSampler(observatory.rtlTcpPort);
  });

  afterAll(async () => {
    await sampler.close();
    await observatory.close();
  });

  test('is refused with both rates, and used once its rate is right', async () => {
    const message = await until('the rate is refused', async () => {
      const error: unknown = await sampler.client.measure({ settings, reads: 1 }).catch((e: unknown) => e);
      return error instanceof Error && error.message.includes('MS/s') ? error.message : undefined;
    });
    expect(message).toMatch(/ sends [01]\.\d{3} MS\/s instead of 2\.048 MS\/s \(\d+\.\d %\)/);
    await observatory.faults({ dongle_rate_hz: 0 });
    expect(await measureWhenReady(sampler, settings, 3)).toHaveLength(3);
  });

  test('that is off by 2 percent is refused too, after some seconds', async () => {
    await measureWhenReady(sampler, settings, 1);
    await observatory.faults({ dongle_rate_hz: 2_007_040 });
    const message = await until(
      'the rate is refused',
      async () => {
        const error: unknown = await sampler.client.describe({}).catch((e: unknown) => e);
        return error instanceof Error && error.message.includes('MS/s') ? error.message : undefined;
      },
      60_000,
    );
    expect(message).toMatch(/ sends [12]\.\d{3} MS\/s instead of 2\.048 MS\/s \(9\d\.\d %\)/);
  }, 90_000);
});
