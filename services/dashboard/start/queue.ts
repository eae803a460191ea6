import { counted } from '#shared/base/plurals';
import type { Session } from '#contract/rest/sessions';

type Known = Pick<Session, 'id' | 'rotor_id' | 'status' | 'progress_pct'>;

/** Why a new session of a rotor would not begin at once, in words; undefined when it would. */
export function queueWords(sessions: readonly Known[], rotorId: number): string | undefined {
  const ahead = sessions.filter(
    ({ rotor_id, status }) =>
      rotor_id === rotorId && (status === 'running' || status === 'paused' || status === 'pending'),
  );
  if (ahead.length === 0) return undefined;
  const holder = ahead.find(({ status }) => status !== 'pending');
  const waiting = ahead.length - (holder ? 1 : 0);
  const words = [holder && holderWords(holder), waiting > 0 && waitingWords(waiting)].filter(Boolean);
  return `${words.join(' ')} A scan that you start now begins when ${ahead.length === 1 ? 'that one has' : 'those have'} ended.`;
}

function holderWords({ id, status, progress_pct }: Known): string {
  return status === 'paused'
    ? `Session ${id} is paused at ${progress_pct} % and keeps this rotor.`
    : `Session ${id} is running on this rotor, ${progress_pct} % done.`;
}

function waitingWords(count: number): string {
  return `${counted(count, 'session')} ${count === 1 ? 'waits' : 'wait'} for this rotor.`;
}
