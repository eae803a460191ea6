import { counted } from '#shared/base/plurals';
import type { Session } from '#contract/rest/sessions';

type Known = Pick<Session, 'id' | 'rotor_id' | 'status' | 'progress_pct'>;

/** Describes why a new session of a rotor would not start immediately; undefined if it would. */
export function describeQueue(sessions: readonly Known[], rotorId: number): string | undefined {
  const ahead = sessions.filter(
    ({ rotor_id, status }) =>
      rotor_id === rotorId && (status === 'running' || status === 'paused' || status === 'pending'),
  );
  if (ahead.length === 0) return undefined;
  const holder = ahead.find(({ status }) => status !== 'pending');
  const waiting = ahead.length - (holder ? 1 : 0);
  const sentences = [holder && describeHolder(holder), waiting > 0 && describeWaiting(waiting)].filter(
    Boolean,
  );
  return `${sentences.join(' ')} A new scan starts when ${ahead.length === 1 ? 'it has' : 'these have'} ended.`;
}

function describeHolder({ id, status, progress_pct }: Known): string {
  return status === 'paused'
    ? `Session ${id} is paused at ${progress_pct} % and holds this rotor.`
    : `Session ${id} is using this rotor (${progress_pct} % done).`;
}

function describeWaiting(count: number): string {
  return `${counted(count, 'session')} ${count === 1 ? 'is' : 'are'} waiting for this rotor.`;
}
