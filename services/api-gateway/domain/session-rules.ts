export type SessionAction = 'pause' | 'resume' | 'cancel';

const REQUIRED_STATE: Record<SessionAction, string> = {
  pause: 'running',
  resume: 'paused',
  cancel: 'running, paused, or pending',
};

/** The published message for an action that the state does not allow. */
export function refusal(action: SessionAction, state: string): string {
  return `Cannot ${action} scan in '${state}' state (must be ${REQUIRED_STATE[action]})`;
}
