import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  startObservatory,
  startSampler,
  type TestObservatory,
  type TestSampler,
} from '../support/observatory.ts';
import { meanDb, measureWhenReady } from '../support/receivers.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e5, gainDb: 29.7, readMs: 10 };
const COMMAND_BYTES = 5;
const BIAS_TEE = 0x0e;

describe('settings of a shared rtl_tcp', () => {
  let observatory: TestObservatory;
  let proxy: TcpProxy;
  let sampler: TestSampler;
  let sent: Buffer[] = [];

  beforeAll(async () => {
    observatory = await startObservatory();
    proxy = await startTcpProxy({
      targetPort: observatory.rtlTcpPort,
      onRequest: (bytes) => sent.push(Buffer.from(bytes)),
    });
    sampler = await startSampler(proxy.port);
  });

  afterAll(async () => {
    await sampler.close();
    await proxy.close();
    await observatory.close();
  });

  beforeEach(() => {
    sent = [];
  });

  /** Codes of the commands since the start of the test. */
  function codes(): number[] {
    const bytes = Buffer.concat(sent);
    return [...bytes.filter((_, at) => at % COMMAND_BYTES === 0)];
  }

  // The first measurement of this connection.
  test('a connection starts with every setting, the gain after the frequency, and without the bias tee', async () => {
    await measureWhenReady(sampler, settings, 1);
    // Sample rate on connecting; test mode, direct sampling, offset tuning, rate, AGC, correction,
    // frequency, gain mode, gain.
    const session = [0x07, 0x09, 0x0a, 0x02, 0x08, 0x05, 0x01, 0x03, 0x04];
    // A machine that is too busy for the first read makes it connect again.
    expect(codes().join()).toContain([0x02, ...session].join());
    expect(codes()).not.toContain(BIAS_TEE);
  });

  test.each([
    ['frequency', { foreign_frequency_hz: 1.3e9 }],
    ['gain', { foreign_gain_db: 0 }],
  ])('a %s changed by another client is restored before the next reads', async (_, change) => {
    const before = await measureWhenReady(sampler, settings, 10);
    const { frequency_hz, gain_db } = (await observatory.state()).dongle;
    await observatory.faults(change);
    // At once, unless a busy machine delays the command.
    await until('the level is as before', async () => {
      const after = await measureWhenReady(sampler, settings, 10);
      return Math.abs(meanDb(after) - meanDb(before)) < 0.5;
    });
    expect((await observatory.state()).dongle).toMatchObject({ frequency_hz, gain_db });
  });

  test('a bias tee is switched on and off as configured', async () => {
    const values = () => {
      const bytes = Buffer.concat(sent);
      return Array.from({ length: bytes.length / COMMAND_BYTES }, (_, k) =>
        bytes.subarray(k * COMMAND_BYTES),
      ).flatMap((command) => (command[0] === BIAS_TEE ? [command.readInt32BE(1)] : []));
    };
    await measureWhenReady(sampler, { ...settings, biasTee: true }, 1);
    expect(values()).toEqual([1]);
    await measureWhenReady(sampler, settings, 1);
    expect(values()).toEqual([1, 0]);
  });
});
