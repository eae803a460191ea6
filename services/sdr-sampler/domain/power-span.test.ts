import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { PowerSweep } from './power-sweep.ts';
import { planSpan, SPAN_HZ, spanArguments, type PowerSpan } from './power-span.ts';
import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { mergedReads, type ReadSpectrum } from '#shared/spectrum/read-spectrum';

test.each([
  // 600 kHz from the tuner's frequency, away from the bin that rtl_power overwrites.
  [1.42e9, 200_000, '1418200000:1420600000:1172', undefined, 2_048],
  [1e8, 5_000, '98200000:100600000:586', undefined, 4_096],
  [1e8, 1_000_000, '98200000:100600000:4688', undefined, 512],
  // In two halves: the tuner is 50 kHz outside the channel.
  [1.42e9, 2_000_000, '1417900000:1422100000:9052', '0.09375', 256],
  [1.42e9, 2_400_000, '1417500000:1422500000:10776', '0.09375', 256],
])('a channel at %d Hz of %d Hz', (centreHz, bandwidthHz, range, crop, bins) => {
  const span = planSpan(centreHz, bandwidthHz);
  expect(spanArguments(span)).toEqual(['-f', range, '-w', 'hamming', ...(crop ? ['-c', crop] : [])]);
  expect(span.bins).toBe(bins);
});

test('no tuner frequency is in or near a channel, and every channel fits in its hops', () => {
  const channels = fc.record({
    centreHz: fc.integer({ min: 24e6, max: 1.766e9 }),
    bandwidthHz: fc.integer({ min: 5_000, max: SPAN_HZ }),
  });
  fc.assert(
    fc.property(channels, ({ centreHz, bandwidthHz }) => {
      const { hopsHz, lowHz, highHz, crop, channelLowHz, channelHighHz } = planSpan(centreHz, bandwidthHz);
      for (const hz of hopsHz)
        expect(Math.max(channelLowHz - hz, hz - channelHighHz)).toBeGreaterThan(49_000);
      expect(lowHz).toBeLessThan(channelLowHz);
      expect(highHz).toBeGreaterThan(channelHighHz);
      // The maximum that rtl_power samples in one hop.
      expect((highHz - lowHz) / hopsHz.length / (1 - crop)).toBeLessThan(2.8e6);
    }),
  );
});

test('the tuner is set to the reachable side of the channel, and a wide channel needs both sides', () => {
  const above24 = (hz: number) => hz >= 24e6;
  expect(planSpan(24.1e6, 200_000, above24).hopsHz).toEqual([24.7e6]);
  expect(planSpan(25e6, 200_000, above24).hopsHz).toEqual([24.4e6]);
  expect(planSpan(25.1e6, 2e6, above24).hopsHz).toEqual([24.05e6, 26.15e6]);
  expect(() => planSpan(24.9e6, 2e6, above24)).toThrow(
    "bandwidth 2000000 Hz at 24900000 Hz is too near to the end of the tuner's range; at most 1000000 Hz fit here",
  );
});

test.each([
  [1e8, 2_400_001],
  [1e8, 4_687],
  [2.15e9, 1e6],
])('no channel at %d Hz of %d Hz', (centreHz, bandwidthHz) => {
  expect(() => planSpan(centreHz, bandwidthHz)).toThrow(SkyScanError);
});

/** A line of rtl_power 0.6.0 for a hop; `levelOf`: relative dB of a frequency. */
function lineOf(span: PowerSpan, hop: number, levelOf: (hz: number) => string): string {
  const rateHz = Math.floor((span.highHz - span.lowHz) / span.hopsHz.length / (1 - span.crop));
  const stepHz = rateHz / span.bins;
  const middleHz = span.hopsHz[hop] ?? NaN;
  const half = Math.floor((rateHz * Math.floor(span.bins * (1 - span.crop))) / (2 * span.bins));
  const first = Math.floor((span.bins * span.crop) / 2);
  const levels = Array.from({ length: span.bins - 2 * first }, (_, k) =>
    levelOf(middleHz + (first + k - span.bins / 2) * stepHz),
  );
  const header = ['2026-02-14', '02:00:15', middleHz - half, middleHz + half, stepHz.toFixed(2), 1_000];
  return [...header, ...levels, levels.at(-1)].join(', ');
}

function powerOf(span: PowerSpan, levelOf: (hz: number) => string) {
  const sweep = new PowerSweep(span);
  const taken = span.hopsHz.map((_, hop) => sweep.take(lineOf(span, hop, levelOf)));
  expect(taken.slice(0, -1)).toEqual(taken.slice(0, -1).map(() => undefined));
  const last = taken.at(-1);
  if (!last || last === 'repeated') throw new Error('no power');
  return last;
}

test.each([20_000, 200_000, 1_000_000, 1_300_000, 2_000_000, 2_400_000])(
  'a channel of %d Hz has the power of a flat spectrum in it, the same at any position',
  (bandwidthHz) => {
    const span = planSpan(1.42e9, bandwidthHz);
    // Density of 1e-9 of full scale per Hz, in the units of rtl_power.
    const flat = (-90 + 86.26 - 10 * Math.log10(span.bins)).toFixed(2);
    const { channel } = powerOf(span, () => flat);
    expect(10 * Math.log10(channel / (bandwidthHz * 1e-9))).toBeCloseTo(0, 1);
  },
);

describe.each([
  [200_000, 1_024, 1_024],
  [200_000, 4_096, 4_096],
  // Two hops without their edges: 29 / 16 of the bins.
  [2_000_000, 1_024, 1_856],
  [2_400_000, 64, 116],
])('a spectrum of a channel of %d Hz with %d bins per hop', (bandwidthHz, channels, found) => {
  const span = planSpan(1.42e9, bandwidthHz, undefined, { channels });
  const carrierHz = 1.42e9 - bandwidthHz / 8;
  const carrier = (hz: number, stepHz: number) => Math.abs(hz - carrierHz) <= stepHz / 2;
  const stepHz = (span.highHz - span.lowHz) / span.hopsHz.length / (1 - span.crop) / channels;
  const { spectrum, channel } = powerOf(span, (hz) => (carrier(hz, stepHz) ? '-20.00' : '-50.00'));

  test('has the bins of all hops in order of rising frequency', () => {
    const { band, powerSum } = spectrum;
    expect([powerSum.length, band.flags.length]).toEqual([found, found]);
    const strongest = powerSum.indexOf(Math.max(...powerSum));
    expect(Math.abs(band.firstChannelHz + strongest * band.channelHz - carrierHz)).toBeLessThan(
      band.channelHz,
    );
    expect(band.channelHz / stepHz).toBeCloseTo(1, 3);
  });

  test('has the averages that rtl_power reports and no single transforms', () => {
    expect(spectrum).toMatchObject({ transforms: 1_000, independentTransforms: 1_000, extremes: undefined });
    const inChannel = spectrum.powerSum.filter((_, k) => {
      const hz = spectrum.band.firstChannelHz + k * spectrum.band.channelHz;
      return hz >= span.channelLowHz && hz <= span.channelHighHz;
    });
    const power = inChannel.reduce((sum, one) => sum + one, 0) / 1_000;
    expect(10 * Math.log10(power / channel)).toBeCloseTo(0, 1);
  });

  test('flags the frequency of the tuner, where rtl_power replaces a bin', () => {
    const { firstChannelHz, channelHz, flags } = spectrum.band;
    for (const hz of span.hopsHz) {
      const middle = Math.round((hz - firstChannelHz) / channelHz);
      expect([-1, 0, 1].map((beside) => (flags[middle + beside] as number) & CHANNEL_FLAGS.dc)).toEqual([
        1, 1, 1,
      ]);
    }
    const ofDc = flags.filter((bits) => (bits & CHANNEL_FLAGS.dc) !== 0);
    expect(ofDc).toHaveLength(3 * span.hopsHz.length);
  });
});

test.each([64, 128, 256, 1_024])('a tone has its level in the sum of all %d bins', (bins) => {
  const span = planSpan(1.42e9, 300_000, undefined, { channels: bins });
  const dbfs = -12;
  const levels = levelsOfTone(bins, dbfs, SPAN_HZ);
  const middleHz = span.hopsHz[0] ?? NaN;
  const { spectrum } = powerOf(
    span,
    (hz) => levels[Math.round(((hz - middleHz) / SPAN_HZ + 0.5) * bins)] ?? '',
  );
  const whole = spectrum.powerSum.reduce((sum, power) => sum + power, 0) / spectrum.transforms;
  expect(Math.abs(10 * Math.log10(whole) - dbfs)).toBeLessThan(0.01);
});

/** What rtl_power 0.6.0 prints for a tone a third of the rate above the tuner. */
function levelsOfTone(bins: number, dbfs: number, rateHz: number): string[] {
  const samples = Array.from({ length: bins }, (_, n) => {
    const window = Math.trunc(256 * (25 / 46 - (21 / 46) * Math.cos((2 * Math.PI * n) / (bins - 1))));
    return 127.5 * 10 ** (dbfs / 20) * window;
  });
  return Array.from({ length: bins }, (_, k) => {
    const cycles = bins / 3 - (k - bins / 2);
    const [re, im] = [Math.cos, Math.sin].map((of) =>
      samples.reduce((sum, sample, n) => sum + sample * of((2 * Math.PI * cycles * n) / bins), 0),
    ) as [number, number];
    return (10 * Math.log10((re ** 2 + im ** 2) / bins ** 2 / rateHz)).toFixed(2);
  });
}

test('several seconds are one read with the sums of both', () => {
  const span = planSpan(1.42e9, 200_000, undefined, { channels: 128 });
  const spectra = ['-30.00', '-33.00'].map((level) => powerOf(span, () => level).spectrum);
  const [first, second] = spectra as [ReadSpectrum, ReadSpectrum];
  const sum = mergedReads([first, second]);
  expect(sum).toMatchObject({ transforms: 2_000, independentTransforms: 2_000, band: first.band });
  expect(sum.powerSum[5]).toBeCloseTo((first.powerSum[5] as number) + (second.powerSum[5] as number), 6);
});

test('a bin that has overflowed outside the channel is NaN in the spectrum', () => {
  const span = planSpan(1.42e9, 200_000, undefined, { channels: 1_024 });
  const { spectrum } = powerOf(span, (hz) => (hz > 1.4203e9 ? 'nan' : '-30.00'));
  expect(spectrum.powerSum.at(-1)).toBeNaN();
  expect(spectrum.powerSum[0]).toBeGreaterThan(0);
});

test('a channel of less than 8 bins of the spectrum is refused', () => {
  expect(() => planSpan(1.42e9, 100_000, undefined, { channels: 64 })).toThrow(
    'bandwidth 100000 Hz is below 300000 Hz, 8 of the 64 channels of the spectrum',
  );
});

test('a nan outside the channel is ignored; one inside is refused with its frequency and the action to take', () => {
  for (const bandwidthHz of [200_000, 2_000_000]) {
    const span = planSpan(1.42e9, bandwidthHz);
    const clean = powerOf(span, () => '-30.00');
    const outside = (hz: number) => (Math.abs(hz - 1.42e9) > 1_010_000 ? 'nan' : '-30.00');
    expect(powerOf(span, outside).channel).toBeCloseTo(clean.channel, 12);
    const inside = (hz: number) => (Math.abs(hz - 1.42e9 - 50_000) < 10_000 ? 'nan' : '-30.00');
    expect(() => powerOf(span, inside)).toThrow(/nan at 14200\d+ Hz, inside the channel.*Less gain_db/);
  }
});

test('a receiver without any signal is not lost: its level is almost zero', () => {
  const span = planSpan(1.42e9, 200_000);
  const sweep = new PowerSweep(span);
  const silent = lineOf(span, 0, () => '-inf');
  for (let line = 0; line < 3; line++) {
    const power = sweep.take(silent);
    if (!power || power === 'repeated') throw new Error('no power');
    expect(power.rmsLsb).toBeLessThan(0.5);
    expect(10 * Math.log10(power.channel)).toBeLessThan(-80);
    expect(power.channel).toBeGreaterThan(0);
  }
  const heard = lineOf(span, 0, () => '-30.00');
  expect(sweep.take(heard)).toMatchObject({});
  expect(sweep.take(heard)).toBe('repeated');
});

test('a missing or damaged line discards only its sweep', () => {
  const span = planSpan(1.42e9, 2_000_000);
  const sweep = new PowerSweep(span);
  const [low, high] = [lineOf(span, 0, () => '-30.00'), lineOf(span, 1, () => '-31.00')] as const;
  expect(sweep.take(high)).toBeUndefined();
  expect(sweep.take(low)).toBeUndefined();
  expect(sweep.take(high)).toHaveProperty('channel');
  expect(sweep.take(low)).toBeUndefined();
  expect(() => sweep.take('half a li')).toThrow(SkyScanError);
  expect(sweep.take(high)).toBeUndefined();
  // A line of another frequency.
  expect(sweep.take(lineOf(planSpan(1.3e9, 200_000), 0, () => '-30.00'))).toBeUndefined();
  expect(sweep.take(lineOf(span, 0, () => '-30.50'))).toBeUndefined();
  expect(sweep.take(high)).toHaveProperty('channel');
});

test.each([
  [-3, false],
  [-1, false],
  [0, true],
  [2.5, true],
])('a carrier of %d dBFS: clipped %s', (dbfs, clipped) => {
  const span = planSpan(1.42e9, 200_000);
  const binHz = SPAN_HZ / span.bins;
  const level = (dbfs - 10 * Math.log10(SPAN_HZ) + 86.26).toFixed(2);
  const { clippedFraction, channel } = powerOf(span, (hz) =>
    Math.abs(hz - 1.42e9) < binHz / 2 ? level : '-40.00',
  );
  expect(10 * Math.log10(channel)).toBeCloseTo(dbfs, 1);
  expect(clippedFraction > 0.001).toBe(clipped);
});
