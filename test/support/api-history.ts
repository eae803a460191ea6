import type { SessionStatus } from '#contract/session-status';
import type { StatusMessage } from '#contract/mqtt-messages';
import type { Answer } from './gateway-harness.ts';
import { explain, type Action, type HistoryEvent, type Outcome, type Word } from './session-model.ts';

/** What was asked, answered and seen of one session; complains of what cannot be. */
export interface SessionHistory {
  readonly sessionId: number;
  asked(action: Action): (answer: Answer | 'refused' | 'lost') => Outcome;
  rotorStopped(): void;
  /** Requests whose answers were lost have taken effect by now, or never will. */
  settled(): void;
  /** A status on MQTT, retained repetitions left out. */
  published(message: StatusMessage): void;
  /** A look over REST begins; `seen` when it is answered. */
  looks(): (session: Look) => void;
  /** Everything that cannot be, at the end; `viewed`: the statuses that a viewer saw. */
  complaints(finalStatus: string, viewed: readonly string[]): string[];
}

export interface Look {
  status: SessionStatus;
  completed_points: number;
  total_points: number;
}

const WANTED: Record<Action, string> = {
  pause: 'running',
  resume: 'paused',
  cancel: 'running, paused, or pending',
};
const ANSWERED: Record<Action, string> = { pause: 'pausing', resume: 'resuming', cancel: 'cancelling' };
const WORD = '(pending|running|pausing|paused|resuming|cancelling|completed|cancelled)';
/** Statuses that may follow with the next revision. */
const NEXT: Record<string, string[]> = {
  pending: ['pending', 'running', 'paused', 'cancelled'],
  running: ['running', 'paused', 'completed', 'cancelled'],
  paused: ['paused', 'running', 'completed', 'cancelled'],
  completed: [],
  cancelled: [],
};

export function createHistory(sessionId: number): SessionHistory {
  const events: HistoryEvent[] = [];
  const statuses: StatusMessage[] = [];
  const said: string[] = [];
  const complain = (what: string) => void said.push(`session ${sessionId}: ${what}`);
  let requests = 0;
  let clock = 0;
  let lastLook: (Look & { at: number }) | undefined;

  return {
    sessionId,
    asked(action) {
      const request = ++requests;
      events.push({ type: 'asked', request, action });
      return (answer) => {
        const outcome = outcomeOf(action, sessionId, answer, complain);
        events.push({ type: 'answered', request, outcome });
        return outcome;
      };
    },
    rotorStopped: () => void events.push({ type: 'rotor_stopped' }),
    settled: () => void events.push({ type: 'settled' }),
    published(message) {
      const last = statuses.at(-1);
      // QoS 1 and reconnects may repeat what was said, also what is older.
      if (last && message.revision < last.revision) return;
      if (last?.revision === message.revision) {
        if (last.status !== message.status)
          complain(`revision ${message.revision} is ${last.status}, and ${message.status}`);
        return;
      }
      const next = last && message.revision === last.revision + 1;
      if (next && !NEXT[last.status]?.includes(message.status))
        complain(`${last.status} -> ${message.status} in revision ${message.revision}`);
      if (last && !canBecome(last.status, message.status))
        complain(`${last.status} -> ... -> ${message.status}`);
      if (message.status === 'completed' && message.completed !== message.total)
        complain(`completed with ${message.completed} of ${message.total} points`);
      statuses.push(message);
    },
    looks() {
      const from = ++clock;
      return (look) => {
        const at = ++clock;
        if (look.status === 'completed' && look.completed_points !== look.total_points)
          complain(`REST: completed with ${look.completed_points} of ${look.total_points} points`);
        // Only looks that came one after the other have an order.
        if (lastLook && lastLook.at > from) return;
        if (lastLook && !canBecome(lastLook.status, look.status))
          complain(`REST: ${lastLook.status} -> ${look.status}`);
        if (lastLook && look.completed_points < lastLook.completed_points)
          complain(`REST: ${look.completed_points} points after ${lastLook.completed_points}`);
        lastLook = { ...look, at };
      };
    },
    complaints(finalStatus, viewed) {
      const { impossible, ends } = explain(events);
      if (impossible) complain(`no order of the requests explains ${JSON.stringify(impossible)}`);
      else if (!ends.has(finalStatus as Word)) complain(`it cannot be ${finalStatus} at the end`);
      const words = statuses.map(({ status }) => status).filter((word, i, all) => word !== all[i - 1]);
      const whole = statuses.every(
        ({ revision }, i) => i === 0 || revision - 1 === statuses[i - 1]?.revision,
      );
      viewed.forEach((word, i) => {
        const before = viewed[i - 1];
        if (before && !canBecome(before, word)) complain(`WebSocket: ${before} -> ${word}`);
      });
      if (whole && statuses[0]?.status === 'pending' && !isPartOf(viewed, words))
        complain(`WebSocket: ${viewed.join(' ')} is no part of ${words.join(' ')}`);
      if (said.length === 0) return said;
      return [
        ...said,
        `  revisions: ${statuses.map(({ revision, status }) => `${revision} ${status}`).join(', ')}`,
        `  ${events.map((event) => JSON.stringify(event)).join('\n  ')}`,
      ];
    },
  };
}

function outcomeOf(
  action: Action,
  sessionId: number,
  answer: Answer | 'refused' | 'lost',
  complain: (what: string) => void,
): Outcome {
  if (answer === 'refused') return 'not_done';
  if (answer === 'lost') return 'unknown';
  const { status, text, body } = answer;
  if (status === 200) {
    const { status: word, session_id: id } = body as { status: string; session_id: number };
    if (word !== ANSWERED[action] || id !== sessionId) complain(`${action}: 200 ${text}`);
    return 'done';
  }
  const detail = (body as { detail?: unknown } | undefined)?.detail;
  if (status === 503 && typeof detail === 'string') return 'unknown';
  const sentence = new RegExp(`^Cannot ${action} scan in '${WORD}' state \\(must be ${WANTED[action]}\\)$`);
  const word = status === 400 && typeof detail === 'string' ? sentence.exec(detail)?.[1] : undefined;
  if (word) return { refusedIn: word as Word };
  complain(`${action}: ${status} ${text}`);
  return 'unknown';
}

function canBecome(from: string, to: string): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const next of NEXT[status] ?? []) reached.add(next);
  return reached.has(to);
}

/** Whether the words appear in this order in the whole. */
function isPartOf(words: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const word of whole) if (word === words[at]) at++;
  return at === words.length;
}
