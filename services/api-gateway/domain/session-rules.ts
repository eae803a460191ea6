/** Status words as published. */
export type Status = 'pending' | 'running' | 'paused' | 'completed' | 'cancelled';

export type SessionAction = 'pause' | 'resume' | 'cancel';

const NEEDED: Record<SessionAction, string> = {
  pause: 'running',
  resume: 'paused',
  cancel: 'running, paused, or pending',
};

/** A session that has ended never changes again. */
export function hasEnded(status: Status): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** The published sentence for an action that the state does not allow. */
export function refusal(action: SessionAction, state: string): string {
  return `Cannot ${action} scan in '${state}' state (must be ${NEEDED[action]})`;
}

/** How the points of a scan can be measured: by stopping at each, or while the rotor sweeps a row. */
export const SCAN_MODES = ['step', 'on_the_fly'] as const;
export type ScanModeWord = (typeof SCAN_MODES)[number];
