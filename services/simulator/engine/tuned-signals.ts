import { createReceivedSignals, type ReceivedSignals } from '../domain/received-signals.ts';
import { offsetsInBand, onShare, type Tuned } from '../domain/signal.ts';
import type { Source } from '../domain/source.ts';

/** The signals that the tuner receives at a Unix time; `sourcesMw`: power of each source. */
export type SignalReceiver = (tuned: Tuned, sourcesMw: readonly number[], unixMs: number) => ReceivedSignals;

/** A retuned receiver starts with new phases. */
export function createSignalReceiver(sources: readonly Source[], seed: number): SignalReceiver {
  let tunings = 0;

  function tune({ frequencyHz, sampleRateHz }: Tuned) {
    const tuned = { frequencyHz, sampleRateHz };
    const inBand = sources.flatMap(({ signals }, source) =>
      signals.flatMap((signal) =>
        offsetsInBand(signal, tuned).map((offsetHz) => ({
          offsetHz,
          bandwidthHz: signal.bandwidthHz,
          signal,
          source,
        })),
      ),
    );
    return { tuned, inBand, received: createReceivedSignals(inBand, sampleRateHz, seed + tunings++) };
  }

  let state: ReturnType<typeof tune> | undefined;
  return (tuned, sourcesMw, unixMs) => {
    const { frequencyHz, sampleRateHz } = state?.tuned ?? {};
    if (!state || frequencyHz !== tuned.frequencyHz || sampleRateHz !== tuned.sampleRateHz)
      state = tune(tuned);
    state.received.setPowers(
      state.inBand.map(
        ({ signal, source }) =>
          (sourcesMw[source] as number) * signal.share * onShare(signal, unixMs, unixMs),
      ),
    );
    return state.received;
  };
}
