import type { Pointing } from '#shared/sky/pointing';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import type { Beam } from '../domain/beam.ts';
import { expectedSpectrumMw } from '../domain/expected-spectrum.ts';
import { onShare, type Tuned } from '../domain/signal.ts';
import type { Sky } from '../domain/sky.ts';
import { seenAt } from '../domain/source.ts';
import { expectedAt, truthDbm, type Span } from '../domain/truth.ts';

/** The ground truth, as the control interface sends it. */
export interface Truth {
  /** dBm in the band of the tuner. */
  dbm(pointing: Pointing, span: Span): number;
  /** The sources above the horizon in the middle of the span. */
  sources(span: Span): SourceBody[];
  /** `tuned`: instead of the current settings of the tuner. */
  spectrum(pointing: Pointing, channels: number, span: Span, tuned: Partial<Tuned>): SpectrumBody;
}

interface SourceBody {
  name: string;
  kind: string;
  azimuth: number;
  elevation: number;
  /** With the antenna pointed at it, all its signals on. */
  level_dbm: number;
  signals: {
    center_hz: number;
    bandwidth_hz: number;
    repeats_hz: number | null;
    /** While it is on. */
    level_dbm: number;
    /** Share of the span during which it is on. */
    on_share: number;
  }[];
}

interface SpectrumBody {
  unit: 'dBm';
  first_channel_hz: number;
  channel_hz: number;
  channels: number;
  /** Expectation of the mean. */
  mean_db: number[];
}

export function createTruth(sky: Sky, beam: Beam, current: () => Tuned): Truth {
  return {
    dbm: (pointing, span) => truthDbm(sky, beam, pointing, current(), span),
    sources: ({ fromMs, toMs }) =>
      sky.sources.flatMap((source) => {
        const seen = seenAt(source, (fromMs + toMs) / 2);
        if (!seen) return [];
        const { pointing, levelDbm } = seen;
        return {
          name: source.name,
          kind: source.kind,
          azimuth: pointing.azimuthDeg,
          elevation: pointing.elevationDeg,
          level_dbm: levelDbm,
          signals: source.signals.map((signal) => ({
            center_hz: signal.centerHz,
            bandwidth_hz: signal.bandwidthHz,
            repeats_hz: signal.repeatsHz ?? null,
            level_dbm: linearToDb(dbToLinear(levelDbm) * signal.share),
            on_share: onShare(signal, fromMs, toMs),
          })),
        };
      }),
    spectrum(pointing, channels, span, settings) {
      const { frequencyHz, sampleRateHz } = { ...current(), ...settings };
      const expected = expectedAt(sky, beam, pointing, { frequencyHz, sampleRateHz }, span);
      return {
        unit: 'dBm',
        first_channel_hz: frequencyHz - sampleRateHz / 2,
        channel_hz: sampleRateHz / channels,
        channels,
        mean_db: Array.from(expectedSpectrumMw(expected, channels, sampleRateHz), linearToDb),
      };
    },
  };
}
