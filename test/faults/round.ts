import { setTimeout as delay } from 'node:timers/promises';
import type { PublishedSession } from '../support/stack-client.ts';
import { callApiWhenReady } from '../support/whole-scan.ts';
import type { Fault, FaultContext } from './fault.ts';
import { checkRound, type RoundRecord, type Problems } from './checker.ts';
import type { RoundPlan } from './schedule.ts';
import type { FaultFixture } from './fixture.ts';
import { ObservedSession, waitFor } from './observed-session.ts';
import { watchAsViewer, type BrokerObserver } from './observers.ts';
import { storedPoints, storedSession } from './stored-session.ts';

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

const SCAN = {
  az_start: 0,
  az_end: 45,
  el_start: 20,
  el_end: 35,
  step_deg: 5,
  rssi_iterations: 2,
  spectrum: { channels: 64 },
};
const ROUND_LIMIT_MS = 90_000;
/** Dead-man stop: 3 s without a heartbeat, plus the way to rotctld. */
export const COMMANDER_GONE_MS = 3_500;

/** Runs one scan with its faults and checks it. */
export async function runRound(
  { fixture, broker, rotorId, limits }: RoundContext,
  plan: RoundPlan<Fault>,
): Promise<RoundResult> {
  const { stack } = fixture;
  const startedMs = performance.now();
  const startedUnixMs = Date.now();
  const noMotionSpans: RoundRecord['noMotionSpans'] = [];
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
  const observed = new ObservedSession(stack, session.id);
  const deadlineMs = performance.now() + ROUND_LIMIT_MS;

  await observed.untilStored(plan.storedShare, deadlineMs);
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

  const before = (await observed.until(() => true, deadlineMs))?.completed_points ?? 0;
  let recoveryMs: number | undefined;
  const final = await observed.untilEnded(deadlineMs, {
    asksForPause: plan.faults.some(({ fault }) => fault.asksForPause),
    onRead(now) {
      if (recoveryMs === undefined && now.completed_points > before)
        recoveryMs = performance.now() - clearedMs;
    },
  });
  const endedUnixMs = Date.now();
  const stored = await storedPoints(fixture.databaseUrl, session.id);
  await waitFor(
    () => Promise.resolve(viewer.seqs.length),
    (seen) => seen >= stored.length,
    performance.now() + 5_000,
  );
  const retained = await broker.retained(session.id).catch(() => undefined);
  const databaseState = await storedSession(fixture.databaseUrl, session.id);
  viewer.close();
  noMotionSpans.push(...observed.noMotionSpans, {
    from: endedUnixMs,
    to: Date.now(),
    reason: 'the session had ended',
  });
  const commands = fixture.rotctld.since(startedUnixMs);
  const record: RoundRecord = {
    total: session.total_points,
    stored,
    withSpectrum: await withSpectrum(stack, session.id, stored),
    lostCountSpans: context.lostCountSpans,
    limits,
    commands,
    noMotionSpans,
    observers: [
      { name: 'REST', statuses: observed.statuses },
      { name: 'WebSocket', statuses: viewer.statuses },
      { name: 'MQTT', statuses: broker.statuses(session.id) },
    ],
    viewers: [viewer.seqs],
    final: [
      { observer: 'REST', status: final?.status ?? 'unknown', completed: final?.completed_points ?? 0 },
      { observer: 'the database', ...databaseState },
      ...(retained ? [{ observer: 'MQTT', status: retained.status, completed: retained.completed }] : []),
    ],
    pausesWithoutNote: observed.pausesWithoutNote,
  };
  return {
    faults: plan.faults.map(({ fault }) => fault.name),
    problems: checkRound(record),
    repeatedSlews: countRepeatedSlews(commands),
    recoveryMs,
    stoppedAfterMs: stopAfter(commands, injectedUnixMs, plan),
    pauses: observed.pauses,
    durationMs: performance.now() - startedMs,
  };
}

/** The seqs of the points whose spectrum the API has. */
async function withSpectrum(
  stack: FaultFixture['stack'],
  sessionId: number,
  stored: RoundRecord['stored'],
): Promise<number[]> {
  const found: number[] = [];
  for (const { seq } of stored) {
    const { status } = await stack.api('GET', `/api/skyscan/${sessionId}/spectrum?seq=${seq}`);
    if (status === 200) found.push(seq);
  }
  return found;
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
