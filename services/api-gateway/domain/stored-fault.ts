/** Why a session receives no points, as stored; times are those of the gateway's clock. */
export interface StoredFault {
  observation: string;
  since: string;
  pauses_at: string | null;
}

/** The form for viewers: durations do not depend on their clocks. */
export interface FaultReport extends StoredFault {
  for_s: number;
  pauses_in_s: number | null;
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

export function faultReport(fault: StoredFault | null | undefined, nowMs: number): FaultReport | null {
  if (!fault) return null;
  const seconds = (text: string) => Math.round(Date.parse(text) - nowMs) / 1000;
  return {
    ...fault,
    for_s: Math.max(0, -seconds(fault.since)),
    pauses_in_s: fault.pauses_at === null ? null : Math.max(0, seconds(fault.pauses_at)),
  };
}
