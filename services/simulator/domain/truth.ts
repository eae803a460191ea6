import type { Pointing } from '#shared/sky/pointing';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import { beamGain, type Beam } from './beam.ts';
import { offsetsInBand, onShare, type Tuned } from './signal.ts';
import { diffuseSkyMw, type Sky } from './sky.ts';
import { seenAt } from './source.ts';

/** Received power, milliwatts at the antenna. */
export interface ReceivedPower {
  /** In the whole band, whatever its width: diffuse sky, receiver, and sources of noise. */
  noiseMw: number;
  /** Of each source of the sky, all its signals on; 0 for sources of noise. */
  sourcesMw: number[];
}

/** A time span, Unix milliseconds; the same twice is a moment. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** The receiver's own noise, referred to the antenna. */
const RECEIVER_NOISE_DBM = -102;

/** Power received at a true pointing: every source times the gain of the beam, and the noise. */
export function receivedPower(sky: Sky, beam: Beam, pointing: Pointing, unixMs: number): ReceivedPower {
  let noiseMw = dbToLinear(RECEIVER_NOISE_DBM) + diffuseSkyMw(sky, pointing);
  const sourcesMw = sky.sources.map((source) => {
    const seen = seenAt(source, unixMs);
    const receivedMw = seen ? dbToLinear(seen.levelDbm) * beamGain(beam, pointing, seen.pointing) : 0;
    if (source.signals.length > 0) return receivedMw;
    noiseMw += receivedMw;
    return 0;
  });
  return { noiseMw, sourcesMw };
}

/** A signal in the band of the tuner. */
export interface ReceivedSignal {
  /** Distance from the tuner frequency, Hz. */
  offsetHz: number;
  bandwidthHz: number;
  /** Mean of the span, milliwatts at the antenna. */
  powerMw: number;
}

/** What the receiver expects at a true pointing. */
export interface Expected {
  noiseMw: number;
  signals: ReceivedSignal[];
}

/** Sources are where they are in the middle of the span; their signals are averaged over it. */
export function expectedAt(
  sky: Sky,
  beam: Beam,
  pointing: Pointing,
  tuned: Tuned,
  { fromMs, toMs }: Span,
): Expected {
  const { noiseMw, sourcesMw } = receivedPower(sky, beam, pointing, (fromMs + toMs) / 2);
  const signals = sky.sources.flatMap((source, index) =>
    source.signals.flatMap((signal) =>
      offsetsInBand(signal, tuned).map((offsetHz) => ({
        offsetHz,
        bandwidthHz: signal.bandwidthHz,
        powerMw: (sourcesMw[index] as number) * signal.share * onShare(signal, fromMs, toMs),
      })),
    ),
  );
  return { noiseMw, signals };
}

/** The ground truth of a map: dBm in the whole band of the receiver, at nominal gain. */
export function truthDbm(sky: Sky, beam: Beam, pointing: Pointing, tuned: Tuned, span: Span): number {
  const { noiseMw, signals } = expectedAt(sky, beam, pointing, tuned, span);
  return linearToDb(signals.reduce((sum, { powerMw }) => sum + powerMw, noiseMw));
}
