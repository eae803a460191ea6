import { between, type Random } from './random.ts';

/** The deviation of a receiver's gain over time: waves of equal amplitude. */
export type GainDrift = { periodS: number; phaseRad: number; amplitudeDb: number }[];

const SHORTEST_PERIOD_S = 160;
const OCTAVES = 7;

/**
 * 1/f noise has the same power in every octave of frequency: one wave for each, with periods of
 * minutes to hours. `rmsDb`: of all of them.
 */
export function createGainDrift(random: Random, rmsDb: number): GainDrift {
  return Array.from({ length: OCTAVES }, (_, octave) => ({
    periodS: SHORTEST_PERIOD_S * 2 ** (octave + between(random, 0, 1)),
    phaseRad: between(random, 0, 2 * Math.PI),
    amplitudeDb: rmsDb * Math.sqrt(2 / OCTAVES),
  }));
}

export function gainDriftDb(drift: GainDrift, timeMs: number): number {
  let driftDb = 0;
  for (const { periodS, phaseRad, amplitudeDb } of drift)
    driftDb += amplitudeDb * Math.sin((2 * Math.PI * timeMs) / (periodS * 1000) + phaseRad);
  return driftDb;
}
