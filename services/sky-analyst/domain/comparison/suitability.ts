import { countedOf } from '#shared/base/plurals';

/** A session with less of the cells says too little about the baseline's sky. */
const MIN_COVERAGE = 0.8;
/** More cells of anomalies are a change of the site or of the receiver. */
const MAX_ANOMALOUS = 0.4;
/** The scatter of z is about 1; much more is another noise of the receiver, or bad weather. */
const MAX_NOISE_SCALE = 3;

/** Why a session must not enter its baseline, for people; undefined: it may. */
export function unsuitableBecause({
  cells,
  measured,
  anomalous,
  noiseScale,
}: {
  cells: number;
  /** Cells with a level. */
  measured: number;
  /** Cells of anomalies, but for those near the Sun. */
  anomalous: number;
  /** NaN: not known. */
  noiseScale: number;
}): string | undefined {
  if (measured < MIN_COVERAGE * cells)
    return `${countedOf(measured, cells, 'cell')} have a level (${percent(measured / cells)} %), at least ${percent(MIN_COVERAGE)} % are needed`;
  if (noiseScale > MAX_NOISE_SCALE)
    return `the noise is ${noiseScale.toFixed(1)} times that of the other sessions, at most ${MAX_NOISE_SCALE} times is allowed`;
  if (anomalous > MAX_ANOMALOUS * cells)
    return `${countedOf(anomalous, cells, 'cell')} belong to anomalies (${percent(anomalous / cells)} %), at most ${percent(MAX_ANOMALOUS)} % are allowed`;
  return undefined;
}

/** Rounded down, so that a value below a limit does not read like it. */
function percent(share: number): number {
  return Math.floor(100 * share + 1e-9);
}
