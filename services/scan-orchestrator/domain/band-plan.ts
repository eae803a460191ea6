/** How several tunings are measured. */
export interface BandPlan {
  /** `row_by_row`: rows are swept once per tuning. */
  order: 'every_point' | 'row_by_row';
  /** For people. */
  reason: string;
  /** The part of the duration that all tunings but the first take, seconds. */
  addedSeconds: number;
}

/**
 * Until the first samples of another frequency are valid: two blocks of samples are discarded.
 * Measured with rtl_tcp: 0.13 to 0.26 s.
 */
const RETUNE_MS = 200;

/** Time of the reads of all tunings at one point, milliseconds. */
export function dwellMs(tunings: number, readsMs: number): number {
  return tunings * readsMs + (tunings - 1) * RETUNE_MS;
}

/** What the scan spends on its points. */
export interface MeasuringTime {
  tunings: number;
  /** Reads of one tuning at a point. */
  readsMs: number;
  /** From one point to the next: move and settling. */
  moveSeconds: number;
  stoppedPoints: number;
  /** Undefined in step mode. */
  sweeps: { rows: number; seconds: number } | undefined;
}

/** Undefined for one tuning. */
export function bandPlan(time: MeasuringTime): BandPlan | undefined {
  const { tunings, readsMs, moveSeconds, stoppedPoints, sweeps } = time;
  if (tunings < 2) return undefined;
  const perStop = (dwellMs(tunings, readsMs) - readsMs) / 1000;
  const swept = sweeps && sweeps.rows > 0 ? sweeps : undefined;
  const addedSeconds = stoppedPoints * perStop + ((swept?.seconds ?? 0) * (tunings - 1)) / tunings;
  const retune = `a change of frequency takes about ${RETUNE_MS / 1000} s`;
  if (swept)
    return {
      order: 'row_by_row',
      reason: `${retune}: sweeping a row once per band is faster than stopping at its points`,
      addedSeconds,
    };
  const move = `a move to the next point about ${moveSeconds.toFixed(1)} s`;
  return {
    order: 'every_point',
    reason: sweeps
      ? `${retune}, ${move}: stopping once at every point is faster than sweeping each row ${tunings} times`
      : `${retune}, ${move}: each point is visited once`,
    addedSeconds,
  };
}
