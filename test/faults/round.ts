import { hasEnded } from '#contract/session-status';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { PublishedSession } from '../support/observer.ts';
import { mustWhenReady } from '../support/whole-scan.ts';
import type { Fault, Scene } from './fault.ts';
import { judge, type Evidence, type Verdict } from './judge.ts';
import type { RoundPlan } from './schedule.ts';
import type { Stage } from './stage.ts';
import { watchAsViewer, type BrokerWitness, type Seen } from './witnesses.ts';

/** What became of a round. */
export interface RoundResult {
  faults: string[];
  verdict: Verdict;
  /** Slews to a cell beyond the first. */
  again: number;
  /**
   * From the moment everything had healed to the next stored point; undefined: the scan was over by
   * then.
   */
  recoveryMs: number | undefined;
  /** From the death of the rotor's commander to the stop that reached rotctld. */
  stoppedAfterMs: number | undefined;
  pauses: string[];
  durationMs: number;
}

export interface RoundContext {
  stage: Stage;
  broker: BrokerWitness;
  rotorId: number;
  limits: Evidence['limits'];
}

const SCAN = { az_start: 0, az_end: 45, el_start: 20, el_end: 35, step_deg: 5, rssi_iterations: 2 };
const POLL_MS = 20;
const ENOUGH_MS = 90_000;
const RESUME_AFTER_MS = 100;
// The answer may have been lost, or the resumption failed: a person would try again.
const RESUME_AGAIN_MS = 3_000;
/** The dead-man stop: 3 s without a heartbeat, and the way to rotctld. */
const COMMANDER_GONE_MS = 3_500;

/** One scan with its faults, from the start to the verdict. */
export async function playRound(context: RoundContext, plan: RoundPlan<Fault>): Promise<RoundResult> {
  const { stage, broker, rotorId, limits } = context;
  const { stack } = stage;
  const startedMs = performance.now();
  const startedUnixMs = Date.now();
  const quiet: Evidence['quiet'] = [];
  const pauses: string[] = [];
  const seenByRest: Seen[] = [];
  let silentPauses = 0;
  const session = await mustWhenReady<PublishedSession>(stack, 'POST', '/api/skyscan/start', {
    rotor_id: rotorId,
    ...SCAN,
  });
  const scene: Scene = { stage, rotorId, sessionId: session.id, random: plan.random, miscounted: [] };
  const viewer = watchAsViewer(stack, session.id);
  const enough = performance.now() + ENOUGH_MS;

  /** The session as REST shows it; undefined while nobody can say. */
  async function look(): Promise<PublishedSession | undefined> {
    const answer = await stack
      .api<PublishedSession>('GET', `/api/skyscan/${session.id}`)
      .catch(() => undefined);
    if (answer?.status !== 200) return undefined;
    if (seenByRest.at(-1)?.status !== answer.body.status) seenByRest.push({ status: answer.body.status });
    return answer.body;
  }

  async function resume(): Promise<void> {
    resumedMs = performance.now();
    await stack.api('POST', `/api/skyscan/${session.id}/resume`).catch(() => undefined);
  }

  await waitFor(
    look,
    (now) => hasEnded(now.status) || now.completed_points >= plan.atShare * now.total_points,
    enough,
  );
  const struckUnixMs = Date.now();
  const struck: Promise<void>[] = [];
  for (const { fault, delayMs, lastsMs } of plan.strikes) {
    await delay(delayMs);
    const from = Date.now();
    await fault.strike(scene);
    if (fault.takes === 'scan-orchestrator' && lastsMs > COMMANDER_GONE_MS)
      quiet.push({
        from: from + COMMANDER_GONE_MS,
        to: from + lastsMs,
        why: `${fault.name} began 3.5 s before`,
      });
    struck.push(delay(lastsMs).then(() => fault.heal?.(scene)));
  }
  await Promise.all(struck);
  await stage.allRun();
  const healedMs = performance.now();

  const before = (await waitFor(look, () => true, enough))?.completed_points ?? 0;
  let recoveryMs: number | undefined;
  let resumedMs = -Infinity;
  let resting = false;
  const final = await waitFor(
    look,
    async (now) => {
      if (recoveryMs === undefined && now.completed_points > before)
        recoveryMs = performance.now() - healedMs;
      if (now.status !== 'paused') resting = false;
      else if (!resting) {
        resting = true;
        pauses.push(now.notes ?? '(no note)');
        const askedFor = plan.strikes.some(({ fault }) => fault.asksForPause);
        if (!now.notes && !askedFor) silentPauses++;
        if (!goesOnByItself(now)) {
          const sinceUnixMs = Date.now();
          // Long enough to see whether anything moves in the meantime.
          await delay(RESUME_AFTER_MS);
          quiet.push({ from: sinceUnixMs, to: Date.now(), why: 'the session was seen paused' });
          await resume();
        }
      } else if (!goesOnByItself(now) && performance.now() - resumedMs > RESUME_AGAIN_MS) await resume();
      return hasEnded(now.status);
    },
    enough,
  );
  const endedUnixMs = Date.now();
  const stored = await storedPoints(stage, session.id);
  await waitFor(
    () => Promise.resolve(viewer.seqs.length),
    (seen) => seen >= stored.length,
    performance.now() + 5_000,
  );
  const retained = await broker.retained(session.id).catch(() => undefined);
  const inDatabase = await storedSession(stage, session.id);
  viewer.close();
  quiet.push({ from: endedUnixMs, to: Date.now(), why: 'the session had ended' });
  const commands = stage.rotctld.since(startedUnixMs);
  const evidence: Evidence = {
    total: session.total_points,
    stored,
    miscounted: scene.miscounted,
    limits,
    commands,
    quiet,
    witnesses: [
      { name: 'REST', statuses: seenByRest },
      { name: 'WebSocket', statuses: viewer.statuses },
      { name: 'MQTT', statuses: broker.statuses(session.id) },
    ],
    viewed: viewer.seqs,
    final: [
      { witness: 'REST', status: final?.status ?? 'unknown', completed: final?.completed_points ?? 0 },
      { witness: 'the database', ...inDatabase },
      ...(retained ? [{ witness: 'MQTT', status: retained.status, completed: retained.completed }] : []),
    ],
    silentPauses,
  };
  return {
    faults: plan.strikes.map(({ fault }) => fault.name),
    verdict: judge(evidence),
    again: slewedAgain(commands),
    recoveryMs,
    stoppedAfterMs: stopAfter(commands, struckUnixMs, plan),
    pauses,
    durationMs: performance.now() - startedMs,
  };
}
function goesOnByItself({ notes }: PublishedSession): boolean {
  return notes?.includes('goes on by itself') ?? false;
}

async function waitFor<T>(
  ask: () => Promise<T | undefined>,
  enough: (answer: T) => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<T | undefined> {
  let last: T | undefined;
  while (performance.now() < deadlineMs) {
    last = (await ask()) ?? last;
    if (last !== undefined && (await enough(last))) return last;
    await delay(POLL_MS);
  }
  return last;
}

function slewedAgain(commands: Evidence['commands']): number {
  const seen = new Set<string>();
  let again = 0;
  for (const { target } of commands) {
    if (!target) continue;
    const place = `${target.azimuthDeg} ${target.elevationDeg}`;
    if (seen.has(place)) again++;
    seen.add(place);
  }
  return again;
}

function stopAfter(
  commands: Evidence['commands'],
  struckUnixMs: number,
  { strikes }: RoundPlan<Fault>,
): number | undefined {
  const [only, ...others] = strikes;
  if (!only || others.length > 0 || only.fault.takes !== 'scan-orchestrator') return undefined;
  if (only.lastsMs > 0 && only.lastsMs < COMMANDER_GONE_MS) return undefined;
  const stop = commands.find(({ target, atUnixMs }) => !target && atUnixMs >= struckUnixMs);
  return stop ? stop.atUnixMs - struckUnixMs : Infinity;
}

async function storedPoints(stage: Stage, sessionId: number): Promise<Evidence['stored']> {
  return query(stage, async (client) => {
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
  stage: Stage,
  sessionId: number,
): Promise<{ status: string; completed: number }> {
  return query(stage, async (client) => {
    const { rows } = await client.query<{ status: string; completed: number }>(
      'select status, completed_points as completed from sessions where id = $1',
      [sessionId],
    );
    return rows[0] ?? { status: 'missing', completed: 0 };
  });
}

async function query<T>(stage: Stage, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: stage.databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
