import type { Plan } from '#contract/rest/plan';
import { hasEnded } from '#contract/session-status';
import { setTimeout as delay } from 'node:timers/promises';
import type { PublishedSession } from '../support/stack-client.ts';
import type { TestStack } from '../support/stack.ts';
import type { RoundRecord } from './checker.ts';
import type { ObservedStatus } from './observers.ts';

const POLL_MS = 20;
const RESUME_AFTER_MS = 100;
// The response may have been lost or the resume failed: try again, as a user would.
const RESUME_AGAIN_MS = 3_000;

/** A session as a user sees it over REST. The user resumes it whenever it stays paused. */
export class ObservedSession {
  readonly statuses: ObservedStatus[] = [];
  /** The notes of the pauses. */
  readonly pauses: string[] = [];
  pausesWithoutNote = 0;
  /** Spans in which it was seen paused. */
  readonly noMotionSpans: RoundRecord['noMotionSpans'] = [];
  readonly #stack: Pick<TestStack, 'api'>;
  readonly #id: number;
  readonly #pollMs: number;

  constructor(stack: Pick<TestStack, 'api'>, id: number, pollMs = POLL_MS) {
    this.#stack = stack;
    this.#id = id;
    this.#pollMs = pollMs;
  }

  /** Undefined while it is unavailable. */
  async read(): Promise<PublishedSession | undefined> {
    const answer = await this.#stack
      .api<PublishedSession>('GET', `/api/skyscan/${this.#id}`)
      .catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    const { status } = answer.body;
    if (this.statuses.at(-1)?.status !== status) this.statuses.push({ status });
    return answer.body;
  }

  /** Waits until it has ended or this share of its grid is stored. */
  async untilStored(share: number, deadlineMs: number): Promise<void> {
    await this.until(
      (now) => hasEnded(now.status) || now.completed_points >= share * now.total_points,
      deadlineMs,
    );
  }

  /** Waits until it has ended; returns the last state. `asksForPause`: a pause needs no note. */
  untilEnded(
    deadlineMs: number,
    { asksForPause, onRead }: { asksForPause: boolean; onRead?: (now: PublishedSession) => void },
  ): Promise<PublishedSession | undefined> {
    let resumedMs = -Infinity;
    let isCounted = false;
    let isAnswered = false;
    return this.until(async (now) => {
      onRead?.(now);
      if (now.status !== 'paused') {
        isCounted = isAnswered = false;
        return hasEnded(now.status);
      }
      if (!isCounted) {
        isCounted = true;
        this.pauses.push(now.notes ?? '(no note)');
        if (!now.notes && !asksForPause) this.pausesWithoutNote++;
      }
      const isDue = !isAnswered || performance.now() - resumedMs > RESUME_AGAIN_MS;
      if (!isDue || !(await this.#needsResume(now))) return false;
      if (!isAnswered) {
        isAnswered = true;
        const from = Date.now();
        // Long enough to see whether anything moves.
        await delay(RESUME_AFTER_MS);
        this.noMotionSpans.push({ from, to: Date.now(), reason: 'the session was seen paused' });
      }
      resumedMs = performance.now();
      await this.#stack.api('POST', `/api/skyscan/${this.#id}/resume`).catch(() => undefined);
      return false;
    }, deadlineMs);
  }

  /** Reads it until the condition holds or the deadline has passed; returns the last state. */
  until(
    isDone: (now: PublishedSession) => boolean | Promise<boolean>,
    deadlineMs: number,
  ): Promise<PublishedSession | undefined> {
    return waitFor(() => this.read(), isDone, deadlineMs, this.#pollMs);
  }

  /**
   * Whether it, seen paused, stays paused until a client resumes it; false while this is unknown:
   * the plan is another request, so the session may have resumed in between.
   */
  async #needsResume(seen: PublishedSession): Promise<boolean> {
    const plan = await this.#stack
      .api<Pick<Plan, 'resumes_itself'>>('GET', `/api/skyscan/${this.#id}/plan?path=false`)
      .catch(() => undefined);
    if (plan?.status !== 200 || plan.body.resumes_itself) return false;
    const now = await this.read();
    return now?.status === 'paused' && now.notes === seen.notes;
  }
}

/** Asks until the condition holds or the deadline has passed; returns the last answer. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  isDone: (answer: T) => boolean | Promise<boolean>,
  deadlineMs: number,
  pollMs = POLL_MS,
): Promise<T | undefined> {
  let last: T | undefined;
  while (performance.now() < deadlineMs) {
    last = (await ask()) ?? last;
    if (last !== undefined && (await isDone(last))) return last;
    await delay(pollMs);
  }
  return last;
}
