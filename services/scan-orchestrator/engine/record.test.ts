import { beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { FakeRotors, rotorConfig } from '../../../test/support/scan-fakes.ts';
import type { IqRecording, LeaseHolder, ReceiverFacts } from './ports.ts';
import { record, type RecordJob } from './record.ts';

const never = new AbortController().signal;
const TARGET = { azimuthDeg: 90, elevationDeg: 45 };
const FACTS: ReceiverFacts = {
  description: 'fake',
  gainDb: 20,
  timesReads: true,
  sampleRateHz: 2_048_000,
  recordsIq: true,
};

async function* blocks(): AsyncGenerator<Buffer> {
  yield Promise.resolve(Buffer.alloc(4));
}
const RECORDING: IqRecording = {
  tuner: 'R820T',
  sampleRateHz: 2_048_000,
  tunerFrequencyHz: 1.4e9,
  gainDb: 20,
  startedAtMs: 0,
  samples: 2,
  iq: blocks(),
};

let rotors: FakeRotors;
let releases: number;
let facts: ReceiverFacts;
let user: number | undefined;
let suspended: string | undefined;
/** The receiver takes the samples. */
let take: (signal: AbortSignal) => Promise<IqRecording>;

beforeEach(() => {
  rotors = new FakeRotors();
  releases = 0;
  facts = FACTS;
  user = undefined;
  suspended = undefined;
  take = () => Promise.resolve(RECORDING);
});

const run = (change: Partial<RecordJob> = {}, signal = never) => {
  const acquireLease = async (rotor: RecordJob['rotor'], holder: LeaseHolder) => {
    const lease = await rotors.acquireLease(rotor, holder);
    const [release, slew] = [lease.release.bind(lease), lease.slew.bind(lease)];
    return Object.assign(lease, {
      release: () => (releases++, release()),
      slew: (to: Pointing, signal: AbortSignal, onReadback?: () => void) => {
        const moving = slew(to, signal);
        onReadback?.();
        return moving;
      },
    });
  };
  const parts = {
    rotors: { acquireLease },
    receivers: {
      describe: () => Promise.resolve(facts),
      record: (_settings: unknown, _durationMs: number, ending: AbortSignal) => take(ending),
    },
    sessionUsing: () => user,
    suspended: () => suspended,
  };
  return record(parts, { rotor: rotorConfig(), durationMs: 100, target: undefined, ...change }, signal);
};

test('a recording holds the rotor until its last sample', async () => {
  take = () => {
    expect([rotors.holders, releases, rotors.slews]).toEqual([['a recording'], 0, [TARGET]]);
    return Promise.resolve(RECORDING);
  };
  expect(await run({ target: TARGET })).toEqual({
    ...RECORDING,
    readback: { azimuthDeg: 0, elevationDeg: 0 },
  });
  expect(releases).toBe(1);
});

test('a recording without a target moves nothing', async () => {
  await run();
  expect(rotors.slews).toEqual([]);
});

describe('a recording is refused before anything moves', () => {
  test.each<[string, () => Partial<RecordJob>, string, RegExp]>([
    [
      'of a receiver behind rotctld',
      () => ({ rotor: { ...rotorConfig(), rssiSource: 'rotctld' } }),
      'unsupported',
      /delivers levels only/,
    ],
    [
      'without a receiver',
      () => ({ rotor: { ...rotorConfig(), rssiSource: 'none' } }),
      'unsupported',
      /has no receiver/,
    ],
    [
      'of rtl_power',
      () => ((facts = { ...FACTS, recordsIq: false }), {}),
      'unsupported',
      /receiver default delivers levels only \(rtl_power\)/,
    ],
    ['of more than 16 MiB', () => ({ durationMs: 5_000 }), 'out_of_range', /which is 4096 ms/],
    ['while a session uses the receiver', () => ((user = 7), {}), 'busy', /in use by session 7/],
  ])('%s', async (_, change, kind, message) => {
    const error = await run({ target: TARGET, ...change() }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) as string });
    expect([rotors.holders, rotors.slews]).toEqual([[], []]);
  });
});

describe('a recording fails and releases the rotor', () => {
  test.each([
    [
      'at once if the Sun blocks the way',
      new SkyScanError('unavailable', 'close to the Sun'),
      'busy',
      undefined,
    ],
    [
      'if rotctld is gone',
      new SkyScanError('unavailable', 'no connection', { details: { peer: 'rotctld' } }),
      'unavailable',
      'rotctld',
    ],
    [
      'if rotor-driver is gone',
      new SkyScanError('unavailable', 'no connection', { details: { peer: 'rotor-driver' } }),
      'unavailable',
      'rotctld',
    ],
    ['if the rotor stalls', new SkyScanError('hardware_fault', 'stalled'), 'hardware_fault', undefined],
  ])('%s', async (_, failure, kind, peer) => {
    rotors.script = () => failure;
    await expect(run({ target: TARGET })).rejects.toMatchObject({
      kind,
      message: failure.message,
      details: peer === undefined ? {} : { peer },
    });
    expect(releases).toBe(1);
  });

  test('if the lease is lost, and then ends the recording', async () => {
    take = (ending) =>
      new Promise((_, reject) => {
        ending.addEventListener('abort', () => reject(new Error('the call was aborted')));
        rotors.lose(new SkyScanError('hardware_fault', 'stopped by request'));
      });
    await expect(run()).rejects.toThrow('stopped by request');
  });

  test('if the rotor has moved meanwhile, and then ends the transfer', async () => {
    let ending: AbortSignal | undefined;
    take = (signal) => ((ending = signal), Promise.resolve(RECORDING));
    rotors.positionScript = () => new SkyScanError('hardware_fault', 'the rotor has moved');
    await expect(run()).rejects.toThrow('the rotor has moved');
    expect(ending?.aborted).toBe(true);
    expect(releases).toBe(1);
  });

  test('if a suspend condition begins to hold during the move, which it stops', async () => {
    rotors.script = () => {
      suspended = 'weather/wind reports 25';
      return 'hang';
    };
    await expect(run({ target: TARGET })).rejects.toMatchObject({
      kind: 'busy',
      message: 'the move to the recording was stopped: weather/wind reports 25',
    });
    expect(releases).toBe(1);
  });

  test('if its caller leaves', async () => {
    const caller = new AbortController();
    take = (ending) =>
      new Promise((_, reject) => {
        ending.addEventListener('abort', () => reject(ending.reason as Error));
        caller.abort(new Error('the caller has left'));
      });
    await expect(run({}, caller.signal)).rejects.toThrow('the caller has left');
    expect(releases).toBe(1);
  });
});
