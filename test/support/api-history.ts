import type { SessionStatus } from '#contract/session-status';
import type { StatusMessage } from '#contract/mqtt-messages';
import type { Answer } from './gateway-harness.ts';
import { explain, type Action, type HistoryEvent, type Outcome, type ModelStatus } from './session-model.ts';
import { isReachable } from './status-transitions.ts';

/** Requests, responses and observed statuses of one session; reports contradictions. */
export interface SessionHistory {
  readonly sessionId: number;
  request(action: Action): (answer: Answer | 'refused' | 'lost') => Outcome;
  rotorStopped(): void;
  /** Requests whose responses were lost have taken effect by now, or never will. */
  settled(): void;
  /** A status received over MQTT, without retained repetitions. */
  published(message: StatusMessage): void;
  /** A REST read of the session begins; call the result with the response. */
  startRead(): (session: SessionSnapshot) => void;
  /** All contradictions, at the end; `viewed`: the statuses that a viewer received. */
  problems(finalStatus: string, viewed: readonly string[]): string[];
}

export interface SessionSnapshot {
  status: SessionStatus;
  completed_points: number;
  total_points: number;
}

const REQUIRED_STATUS: Record<Action, string> = {
  pause: 'running',
  resume: 'paused',
  cancel: 'running, paused, or pending',
};
const ACCEPTED_STATUS: Record<Action, string> = {
  pause: 'pausing',
  resume: 'resuming',
  cancel: 'cancelling',
};
const ANY_STATUS = '(pending|running|pausing|paused|resuming|cancelling|completed|cancelled)';
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
  const problems: string[] = [];
  const report = (what: string) => void problems.push(`session ${sessionId}: ${what}`);
  let requests = 0;
  let clock = 0;
  let lastSnapshot: (SessionSnapshot & { at: number }) | undefined;

  return {
    sessionId,
    request(action) {
      const request = ++requests;
      events.push({ type: 'requested', request, action });
      return (answer) => {
        const outcome = outcomeOf(action, sessionId, answer, report);
        events.push({ type: 'answered', request, outcome });
        return outcome;
      };
    },
    rotorStopped: () => void events.push({ type: 'rotor_stopped' }),
    settled: () => void events.push({ type: 'settled' }),
    published(message) {
      const last = statuses.at(-1);
      // QoS 1 and reconnects may repeat messages, including older ones.
      if (last && message.revision < last.revision) return;
      if (last?.revision === message.revision) {
        if (last.status !== message.status)
          report(`revision ${message.revision} is ${last.status}, and ${message.status}`);
        return;
      }
      const next = last && message.revision === last.revision + 1;
      if (next && !NEXT[last.status]?.includes(message.status))
        report(`${last.status} -> ${message.status} in revision ${message.revision}`);
      if (last && !isReachable(NEXT, last.status, message.status))
        report(`${last.status} -> ... -> ${message.status}`);
      if (message.status === 'completed' && message.completed !== message.total)
        report(`completed with ${message.completed} of ${message.total} points`);
      statuses.push(message);
    },
    startRead() {
      const from = ++clock;
      return (snapshot) => {
        const at = ++clock;
        if (snapshot.status === 'completed' && snapshot.completed_points !== snapshot.total_points)
          report(`REST: completed with ${snapshot.completed_points} of ${snapshot.total_points} points`);
        // Only reads that do not overlap have an order.
        if (lastSnapshot && lastSnapshot.at > from) return;
        if (lastSnapshot && !isReachable(NEXT, lastSnapshot.status, snapshot.status))
          report(`REST: ${lastSnapshot.status} -> ${snapshot.status}`);
        if (lastSnapshot && snapshot.completed_points < lastSnapshot.completed_points)
          report(`REST: ${snapshot.completed_points} points after ${lastSnapshot.completed_points}`);
        lastSnapshot = { ...snapshot, at };
      };
    },
    problems(finalStatus, viewed) {
      const { impossible, ends } = explain(events);
      if (impossible) report(`no order of the requests explains ${JSON.stringify(impossible)}`);
      else if (!ends.has(finalStatus as ModelStatus)) report(`the final status cannot be ${finalStatus}`);
      const published = statuses
        .map(({ status }) => status)
        .filter((status, i, all) => status !== all[i - 1]);
      const whole = statuses.every(
        ({ revision }, i) => i === 0 || revision - 1 === statuses[i - 1]?.revision,
      );
      viewed.forEach((word, i) => {
        const before = viewed[i - 1];
        if (before && !isReachable(NEXT, before, word)) report(`WebSocket: ${before} -> ${word}`);
      });
      if (whole && statuses[0]?.status === 'pending' && !isSubsequence(viewed, published))
        report(`WebSocket: ${viewed.join(' ')} is not a subsequence of ${published.join(' ')}`);
      if (problems.length === 0) return problems;
      return [
        ...problems,
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
  report: (what: string) => void,
): Outcome {
  if (answer === 'refused') return 'not_done';
  if (answer === 'lost') return 'unknown';
  const { status, text, body } = answer;
  if (status === 200) {
    const { status: word, session_id: id } = body as { status: string; session_id: number };
    if (word !== ACCEPTED_STATUS[action] || id !== sessionId) report(`${action}: 200 ${text}`);
    return 'done';
  }
  const detail = (body as { detail?: unknown } | undefined)?.detail;
  if (status === 503 && typeof detail === 'string') return 'unknown';
  const sentence = new RegExp(
    `^Cannot ${action} scan in '${ANY_STATUS}' state \\(must be ${REQUIRED_STATUS[action]}\\)$`,
  );
  const word = status === 400 && typeof detail === 'string' ? sentence.exec(detail)?.[1] : undefined;
  if (word) return { refusedIn: word as ModelStatus };
  report(`${action}: ${status} ${text}`);
  return 'unknown';
}

/** Whether `part` appears in this order in `whole`. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const status of whole) if (status === part[at]) at++;
  return at === part.length;
}
