import { spawnSync } from 'node:child_process';
import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { describeUnless } from '../support/peers.ts';
import { noiseIq, seededRandom, toneIq } from '../support/samples.ts';
import { createSpectrumMeter } from '../../services/sdr-sampler/domain/spectrum-meter.ts';
import { spectrumOf } from '../../services/shared/spectrum/spectrum.ts';
import {
  createFftJs,
  loadSpectrumFft,
  type CreateSpectrumFft,
} from '../../services/sdr-sampler/engine/spectrum-fft.ts';

// scipy computes the same statistics from the same samples: the power spectral density with
// `welch`, the others from the single transforms of `spectrogram`.
const SCRIPT = `
import json, sys
import numpy as np
from scipy import signal

rate, *sizes = map(int, sys.argv[1:])
codes = np.frombuffer(sys.stdin.buffer.read(), dtype=np.uint8).astype(float)
x = (codes[0::2] - 127.5 + 1j * (codes[1::2] - 127.5)) / 127.5

def spectrum(size):
    options = dict(fs=rate, window='hann', nperseg=size, noverlap=size // 2, detrend=False,
                   return_onesided=False, scaling='density')
    shift = lambda values: np.fft.fftshift(values, axes=0) * rate / size
    mean = shift(signal.welch(x, **options)[1])
    each = shift(signal.spectrogram(x, mode='psd', **options)[2])
    count = each.shape[1]
    w = signal.get_window('hann', size)
    overlap = (np.dot(w[:size // 2], w[size // 2:]) / np.dot(w, w)) ** 2
    independent = count / (1 + 2 * overlap * (count - 1) / count)
    ratio = count * (each ** 2).sum(axis=1) / each.sum(axis=1) ** 2
    kurtosis = (independent + 1) / (independent - 1) * (ratio - 1)
    return dict(count=count, mean=mean.tolist(), kurtosis=kurtosis.tolist(),
                min=each.min(axis=1).tolist(), max=each.max(axis=1).tolist())

print(json.dumps({size: spectrum(size) for size in sizes}))
`;
/** Without loading it, which takes seconds. */
const FIND = "import sys, importlib.util as u; sys.exit(u.find_spec('scipy') is None)";

interface Reference {
  count: number;
  mean: number[];
  min: number[];
  max: number[];
  kurtosis: number[];
}

const RATE_HZ = 2_400_000;
const SIZES = [64, 1_024, 4_096];
const installed = spawnSync('python3', ['-c', FIND]).status === 0;

/** Noise of 15 LSB with a carrier that is not at the centre of a channel. */
function signalWithNoise(): Uint8Array {
  const tone = toneIq(240_000, 15, 0.123456);
  return noiseIq(240_000, 15, seededRandom(3)).map((code, k) =>
    Math.min(255, code + (tone[k] as number) - 127),
  );
}

const iq = signalWithNoise();
const pffft = await loadSpectrumFft(pino({ level: 'silent' }));

describeUnless(installed ? undefined : 'python3-scipy not installed', 'scipy.signal', () => {
  let references: Record<number, Reference> = {};
  beforeAll(() => {
    references = computeReferences();
  });

  const kinds: [string, CreateSpectrumFft][] = [
    ['pffft', pffft],
    ['fft.js', createFftJs],
  ];
  test.each(kinds.flatMap(([name, create]) => SIZES.map((size) => [name, size, create] as const)))(
    'computes the same spectrum as %s with %d channels',
    (_, size, create) => {
      const expected = references[size] as Reference;
      const plan = { sampleRateHz: RATE_HZ, tunerHz: 1e9, wanted: undefined };
      const meter = createSpectrumMeter(plan, create(size));
      meter.add(iq);
      const found = spectrumOf([{ spectrum: meter.spectrum(), clippedFraction: 0 }]);
      expect(found.transforms).toBe(expected.count);
      // Levels of single transforms relative to the mean: pffft has single precision.
      const error = (values: ArrayLike<number> | undefined, wanted: number[], scale: number[]) =>
        Math.max(...wanted.map((value, k) => Math.abs((values?.[k] ?? NaN) - value) / (scale[k] as number)));
      const { min, max, kurtosis } = found.transformStatistics ?? {};
      expect(error(found.mean, expected.mean, expected.mean)).toBeLessThan(1e-6);
      expect(error(min, expected.min, expected.mean)).toBeLessThan(1e-6);
      expect(error(max, expected.max, expected.mean)).toBeLessThan(1e-5);
      const ones = expected.mean.map(() => 1);
      expect(error(kurtosis, expected.kurtosis, ones)).toBeLessThan(1e-5);
    },
  );
});

function computeReferences(): Record<number, Reference> {
  const numbers = [RATE_HZ, ...SIZES].map(String);
  const options = { input: iq, maxBuffer: 16 * 1024 * 1024 };
  const { stdout, stderr, status } = spawnSync('python3', ['-c', SCRIPT, ...numbers], options);
  if (status !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString()) as Record<number, Reference>;
}
