/** Why a session receives no points, as stored; times are those of the gateway's clock. */
export interface StoredFault {
  observation: string;
  since: string;
  pauses_at: string | null;
}

/** The orchestrator's clock may differ from ours: use only its durations. */
export function storedFault(
  fault: { observation: string; forS: number; pausesInS: number | null },
  nowMs: number,
): StoredFault {
  const at = (seconds: number) => new Date(Math.round(nowMs + seconds * 1000)).toISOString();
  const { observation, forS, pausesInS } = fault;
  return { observation, since: at(-forS), pauses_at: pausesInS === null ? null : at(pausesInS) };
}
