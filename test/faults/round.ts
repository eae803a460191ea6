import type { Plan } from '#contract/rest/plan';
import { hasEnded } from '#contract/session-status';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { PublishedSession } from '../support/stack-client.ts';
import { callApiWhenReady } from '../support/whole-scan.ts';
import type { Fault, FaultContext } from './fault.ts';
import { checkRound, type RoundRecord, type Problems } from './checker.ts';
import type { RoundPlan } from './schedule.ts';
import type { FaultFixture } from './fixture.ts';
import { watchAsViewer, type BrokerObserver, type ObservedStatus } from './observers.ts';

/** Result of a round. */
export interface RoundResult {
  faults: string[];
  problems: Problems;
  /** Number of slews to a cell beyond the first. */
  repeatedSlews: number;
  /**
   * Time from the clearing of the faults to the next stored point; undefined: the scan had ended by
   * then.
   */
  recoveryMs: number | undefined;
  /** Time from the loss of the rotor's commander to the stop that reached rotctld. */
  stoppedAfterMs: number | undefined;
  pauses: string[];
  durationMs: number;
}

export interface RoundContext {
  fixture: FaultFixture;
  broker: BrokerObserver;
  rotorId: number;
  limits: RoundRecord['limits'];
}

const SCAN = { az_start: 0, az_end: 45, el_start: 20, el_end: 35, step_deg: 5, rssi_iterations: 2 };
const POLL_MS = 20;
const ROUND_LIMIT_MS = 90_000;
const RESUME_AFTER_MS = 100;
// The response may have been lost or the resume failed: try again, as a user would.
const RESUME_AGAIN_MS = 3_000;
/** Dead-man stop: 3 s without a heartbeat, plus the way to rotctld. */
const COMMANDER_GONE_MS = 3_500;

/** Runs one scan with its faults and checks it. */
export async function runRound(
  { fixture, broker, rotorId, limits }: RoundContext,
  plan: RoundPlan<Fault>,
): Promise<RoundResult> {
  const { stack } = fixture;
  const startedMs = performance.now();
  const startedUnixMs = Date.now();
  const noMotionSpans: RoundRecord['noMotionSpans'] = [];
  const pauses: string[] = [];
  const restStatuses: ObservedStatus[] = [];
  let pausesWithoutNote = 0;
  const session = await callApiWhenReady<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
    rotor_id: rotorId,
    ...SCAN,
  });
  const context: FaultContext = {
    fixture,
    rotorId,
    sessionId: session.id,
    random: plan.random,
    lostCountSpans: [],
  };
  const viewer = watchAsViewer(stack, session.id);
  const deadlineMs = performance.now() + ROUND_LIMIT_MS;

  /** The session over REST; undefined while it is unavailable. */
  async function readSession(): Promise<PublishedSession | undefined> {
    const answer = await stack
      .api<PublishedSession>('GET', `/api/skyscan/${session.id}`)
      .catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    if (restStatuses.at(-1)?.status !== answer.body.status) restStatuses.push({ status: answer.body.status });
    return answer.body;
  }

  /**
   * Whether a session that was seen paused stays paused until a client resumes it; false while this
   * is unknown: the plan is another request, so the session may have resumed in between.
   */
  async function needsResume(seen: PublishedSession): Promise<boolean> {
    const plan = await stack
      .api<Pick<Plan, 'resumes_itself'>>('GET', `/api/skyscan/${session.id}/plan?path=false`)
      .catch(() => undefined);
    if (plan?.status !== 200 || plan.body.resumes_itself) return false;
    const now = await readSession();
    return now?.status === 'paused' && now.notes === seen.notes;
  }

  async function resume(): Promise<void> {
    resumedMs = performance.now();
    await stack.api('POST', `/api/skyscan/${session.id}/resume`).catch(() => undefined);
  }

  await waitFor(
    readSession,
    (now) => hasEnded(now.status) || now.completed_points >= plan.storedShare * now.total_points,
    deadlineMs,
  );
  const injectedUnixMs = Date.now();
  const injected: Promise<void>[] = [];
  for (const { fault, delayMs, lastsMs } of plan.faults) {
    await delay(delayMs);
    const from = Date.now();
    await fault.inject(context);
    if (fault.process === 'scan-orchestrator' && lastsMs > COMMANDER_GONE_MS)
      noMotionSpans.push({
        from: from + COMMANDER_GONE_MS,
        to: from + lastsMs,
        reason: `${fault.name} began 3.5 s before`,
      });
    injected.push(delay(lastsMs).then(() => fault.clear?.(context)));
  }
  await Promise.all(injected);
  await fixture.allRun();
  const clearedMs = performance.now();

  const before = (await waitFor(readSession, () => true, deadlineMs))?.completed_points ?? 0;
  let recoveryMs: number | undefined;
  let resumedMs = -Infinity;
  let isPauseCounted = false;
  let isPauseAnswered = false;
  const final = await waitFor(
    readSession,
    async (now) => {
      if (recoveryMs === undefined && now.completed_points > before)
        recoveryMs = performance.now() - clearedMs;
      if (now.status !== 'paused') {
        isPauseCounted = isPauseAnswered = false;
        return hasEnded(now.status);
      }
      if (!isPauseCounted) {
        isPauseCounted = true;
        pauses.push(now.notes ?? '(no note)');
        const askedFor = plan.faults.some(({ fault }) => fault.asksForPause);
        if (!now.notes && !askedFor) pausesWithoutNote++;
      }
      const isDue = !isPauseAnswered || performance.now() - resumedMs > RESUME_AGAIN_MS;
      if (!isDue || !(await needsResume(now))) return false;
      if (!isPauseAnswered) {
        isPauseAnswered = true;
        const sinceUnixMs = Date.now();
        // Long enough to see whether anything moves.
        await delay(RESUME_AFTER_MS);
        noMotionSpans.push({ from: sinceUnixMs, to: Date.now(), reason: 'the session was seen paused' });
      }
      await resume();
      return false;
    },
    deadlineMs,
  );
  const endedUnixMs = Date.now();
  const stored = await storedPoints(fixture, session.id);
  await waitFor(
    () => Promise.resolve(viewer.seqs.length),
    (seen) => seen >= stored.length,
    performance.now() + 5_000,
  );
  const retained = await broker.retained(session.id).catch(() => undefined);
  const databaseState = await storedSession(fixture, session.id);
  viewer.close();
  noMotionSpans.push({ from: endedUnixMs, to: Date.now(), reason: 'the session had ended' });
  const commands = fixture.rotctld.since(startedUnixMs);
  const record: RoundRecord = {
    total: session.total_points,
    stored,
    lostCountSpans: context.lostCountSpans,
    limits,
    commands,
    noMotionSpans,
    observers: [
      { name: 'REST', statuses: restStatuses },
      { name: 'WebSocket', statuses: viewer.statuses },
      { name: 'MQTT', statuses: broker.statuses(session.id) },
    ],
    viewerSeqs: viewer.seqs,
    final: [
      { observer: 'REST', status: final?.status ?? 'unknown', completed: final?.completed_points ?? 0 },
      { observer: 'the database', ...databaseState },
      ...(retained ? [{ observer: 'MQTT', status: retained.status, completed: retained.completed }] : []),
    ],
    pausesWithoutNote,
  };
  return {
    faults: plan.faults.map(({ fault }) => fault.name),
    problems: checkRound(record),
    repeatedSlews: countRepeatedSlews(commands),
    recoveryMs,
    stoppedAfterMs: stopAfter(commands, injectedUnixMs, plan),
    pauses,
    durationMs: performance.now() - startedMs,
  };
}

async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  isDone: (answer: T) => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<T | undefined> {
  let last: T | undefined;
  while (performance.now() < deadlineMs) {
    last = (await ask()) ?? last;
    if (last !== undefined && (await isDone(last))) return last;
    await delay(POLL_MS);
  }
  return last;
}

function countRepeatedSlews(commands: RoundRecord['commands']): number {
  const seen = new Set<string>();
  let count = 0;
  for (const { target } of commands) {
    if (!target) continue;
    const place = `${target.azimuthDeg} ${target.elevationDeg}`;
    if (seen.has(place)) count++;
    seen.add(place);
  }
  return count;
}

function stopAfter(
  commands: RoundRecord['commands'],
  injectedUnixMs: number,
  { faults }: RoundPlan<Fault>,
): number | undefined {
  const [only, ...others] = faults;
  if (!only || others.length > 0 || only.fault.process !== 'scan-orchestrator') return undefined;
  if (only.lastsMs > 0 && only.lastsMs < COMMANDER_GONE_MS) return undefined;
  const stop = commands.find(({ target, atUnixMs }) => !target && atUnixMs >= injectedUnixMs);
  return stop ? stop.atUnixMs - injectedUnixMs : Infinity;
}

async function storedPoints(fixture: FaultFixture, sessionId: number): Promise<RoundRecord['stored']> {
  return query(fixture, async (client) => {
    const { rows } = await client.query<{ seq: number; cell: number; az: number; el: number; at: Date }>(
      'select seq, cell, setpoint_az as az, setpoint_el as el, measured_at as at from points where session_id = $1 order by seq',
      [sessionId],
    );
    return rows.map(({ seq, cell, az, el, at }) => ({
      seq,
      cell,
      atUnixMs: at.getTime(),
      setpoint: { azimuthDeg: az, elevationDeg: el },
    }));
  });
}

async function storedSession(
  fixture: FaultFixture,
  sessionId: number,
): Promise<{ status: string; completed: number }> {
  return query(fixture, async (client) => {
    const { rows } = await client.query<{ status: string; completed: number }>(
      'select status, completed_points as completed from sessions where id = $1',
      [sessionId],
    );
    return rows[0] ?? { status: 'missing', completed: 0 };
  });
}

async function query<T>(fixture: FaultFixture, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: fixture.databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
