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
