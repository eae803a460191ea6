import { hasEnded } from '#contract/session-status';
import mqtt, { type MqttClient } from 'mqtt';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Measurement } from '#contract/measurement';
import type { StatusMessage } from '#contract/mqtt-messages';
import { createHistory, type SessionSnapshot, type SessionHistory } from './api-history.ts';
import type { ApiWorld } from './api-world.ts';
import type { Action } from './session-model.ts';
import { until } from './until.ts';
import { watchWithReconnect, type ReconnectingViewer } from './reconnecting-viewer.ts';

/** One action, `atMs` after the start of the run. Session and rotor numbers wrap around. */
export type Step = { atMs: number } & (
  | { do: 'start'; rotor: number; points: number }
  | { do: Action; session: number; times: number }
  | { do: 'stop_rotor'; rotor: number }
  | { do: 'read'; session: number }
  | { do: 'reconnect_viewer'; session: number }
  | { do: 'restart_gateway' }
  | { do: 'restart_orchestrator' }
);

/** Result of a run. */
export interface RunResult {
  problems: string[];
  requests: number;
  sessions: number;
  /** Number of responses by kind, for example `pause 200`. */
  answers: Map<string, number>;
  /**
   * Time from the last status on MQTT to the REST read that returned the same status; REST is read
   * at least every 50 ms.
   */
  agreedAfterMs: number[];
}

/** Runs many schedules: new rotors for each, one MQTT listener for all. */
export interface ModelRunner {
  run(steps: Step[]): Promise<RunResult>;
  close(): Promise<void>;
}

interface TrackedSession {
  history: SessionHistory;
  viewer: ReconnectingViewer;
  rotor: number;
  /** A response has reported the end. */
  ended: boolean;
}

export async function createModelRunner(world: ApiWorld): Promise<ModelRunner> {
  const listener: MqttClient = await mqtt.connectAsync(world.brokerUrl);
  const database = new Pool({ connectionString: world.databaseUrl, max: 2 });
  const published = new Map<number, StatusMessage[]>();
  const lastStatusMs = new Map<number, number>();
  listener.on('message', (topic, payload, { retain }) => {
    if (retain || payload.length === 0) return;
    const message = JSON.parse(payload.toString()) as StatusMessage;
    published.set(message.session_id, [...(published.get(message.session_id) ?? []), message]);
    lastStatusMs.set(message.session_id, performance.now());
  });
  await listener.subscribeAsync('skyscan/sessions/+/status', { qos: 1 });
  async function newestSession(): Promise<number> {
    const { rows } = await database.query<{ id: number | null }>('select max(id) as id from sessions');
    return rows[0]?.id ?? 0;
  }

  async function run(steps: Step[]): Promise<RunResult> {
    const rotors = await world.addRotors();
    const sessions: TrackedSession[] = [];
    const problems: string[] = [];
    const answers = new Map<string, number>();
    let requests = 0;
    const lastBefore = await newestSession();
    const firstGrant = world.grants.length;

    async function call(method: string, path: string, body?: unknown) {
      requests++;
      const answer = await world.call(method, path, body);
      const kind = `${path.split('/').at(-1)?.replace(/^\d+$/, 'read').replace(/\?.*/, '')} ${typeof answer === 'string' ? answer : answer.status}`;
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
      if (typeof answer === 'object' && (answer.status === 500 || answer.status === 404))
        problems.push(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer;
    }

    const stops: number[] = [];

    /** `stopsBefore`: how many of the stops so far came before this session. */
    function track(id: number, rotor: number, stopsBefore: number): TrackedSession {
      const tracked = {
        history: createHistory(id),
        viewer: watchWithReconnect(world.url, id),
        rotor,
        ended: false,
      };
      for (const stopped of stops.slice(stopsBefore)) if (stopped === rotor) tracked.history.rotorStopped();
      sessions.push(tracked);
      return tracked;
    }

    async function act(session: TrackedSession, action: Action): Promise<void> {
      const id = session.history.sessionId;
      const answered = session.history.request(action);
      const outcome = answered(await call('POST', `/api/skyscan/${id}/${action}`));
      if (typeof outcome === 'object' && ['completed', 'cancelled'].includes(outcome.refusedIn))
        session.ended = true;
    }

    /** Prefers a session that has not ended. */
    function sessionOf(step: Step): TrackedSession | undefined {
      if (!('session' in step)) return undefined;
      const alive = sessions.filter(({ ended }) => !ended);
      return alive[step.session % alive.length] ?? sessions.at(-1);
    }

    async function read({ history }: TrackedSession): Promise<SessionSnapshot | undefined> {
      const seen = history.startRead();
      const answer = await call('GET', `/api/skyscan/${history.sessionId}`);
      if (typeof answer === 'string' || answer.status !== 200) return undefined;
      seen(answer.body as SessionSnapshot);
      return answer.body as SessionSnapshot;
    }

    async function runStep(step: Step): Promise<void> {
      const session = sessionOf(step);
      const rotor = 'rotor' in step ? (rotors[step.rotor % rotors.length] ?? 0) : 0;
      switch (step.do) {
        case 'start': {
          const grid = { az_start: 0, az_end: step.points - 1, el_start: 10, el_end: 10, step_deg: 1 };
          const body = { rotor_id: rotor, ...grid, rssi_iterations: 1 };
          const stopsBefore = stops.length;
          const answer = await call('POST', '/api/skyscan/start', body);
          if (typeof answer === 'object' && answer.status === 201)
            track((answer.body as { id: number }).id, rotor, stopsBefore);
          else if (typeof answer === 'object' && answer.status !== 503)
            problems.push(`start: ${answer.status} ${answer.text}`);
          break;
        }
        case 'pause':
        case 'resume':
        case 'cancel':
          if (session) await Promise.all(Array.from({ length: step.times }, () => act(session, step.do)));
          break;
        case 'stop_rotor': {
          stops.push(rotor);
          for (const { history } of sessions.filter((one) => one.rotor === rotor)) history.rotorStopped();
          const answer = await call('POST', `/api/rotors/${rotor}/stop`);
          if (typeof answer === 'object' && answer.status !== 200)
            problems.push(`stop: ${answer.status} ${answer.text}`);
          break;
        }
        case 'read':
          if (session) await read(session);
          break;
        case 'reconnect_viewer':
          session?.viewer.reconnect();
          break;
        case 'restart_gateway':
          await world.restartGateway();
          break;
        case 'restart_orchestrator':
          await world.restartOrchestrator();
          break;
      }
    }

    await Promise.all(
      steps.map(async (step) => {
        await delay(step.atMs);
        await runStep(step);
      }),
    );
    for (const { history } of sessions) history.settled();
    // Sessions whose 201 response was lost exist too.
    for (const rotor of rotors) {
      const answer = await call('GET', `/api/skyscan/sessions?rotor_id=${rotor}`);
      if (typeof answer === 'string') throw new Error('the gateway is away');
      for (const { id } of answer.body as { id: number }[])
        if (id > lastBefore && !sessions.some(({ history }) => history.sessionId === id)) track(id, rotor, 0);
    }

    const agreedAfterMs: number[] = [];
    await Promise.all(
      sessions.map(async (session) => {
        let looked = 0;
        const final = await until(`session ${session.history.sessionId} ends`, async () => {
          const now = await read(session);
          looked++;
          // Odd sessions are cancelled, even ones run to the end.
          if (now?.status === 'paused')
            await act(session, session.history.sessionId % 2 ? 'cancel' : 'resume');
          return now && hasEnded(now.status) ? now : undefined;
        }).catch((error: unknown) => void problems.push(String(error)));
        if (!final) return;
        const publishedMs = lastStatusMs.get(session.history.sessionId);
        if (publishedMs !== undefined && looked > 1) agreedAfterMs.push(performance.now() - publishedMs);
        problems.push(...(await checkSession(session, final)));
      }),
    );
    const grants = world.grants.slice(firstGrant);
    for (const rotor of rotors)
      problems.push(...findOutOfOrder(grants.filter((one) => one.rotorId === rotor)));
    sessions.forEach(({ viewer }) => viewer.close());
    return { problems, requests, sessions: sessions.length, answers, agreedAfterMs };
  }

  /** Checks that all interfaces agree at the end and that every cell is stored once. */
  async function checkSession(
    { history, viewer }: TrackedSession,
    final: SessionSnapshot,
  ): Promise<string[]> {
    const id = history.sessionId;
    const problems: string[] = [];
    await until(`the viewer of session ${id} has received everything`, () => viewer.ended).catch(
      (error: unknown) => problems.push(`${String(error)}: ${viewer.statuses.join(' ')}`),
    );
    // A busy database may refuse (503); anything else is the final response.
    const path = `/api/skyscan/${id}/measurements`;
    const answer = await until(`the points of session ${id}`, async () => {
      const given = await world.call('GET', path);
      return typeof given === 'object' && given.status !== 503 && given;
    });
    if (answer.status !== 200) return [`${path}: ${answer.status} ${answer.text}`];
    const points = answer.body as Measurement[];
    const upTo = Array.from({ length: final.completed_points }, (_, i) => i + 1).join();
    if (points.map(({ seq }) => seq).join() !== upTo)
      problems.push(
        `session ${id}: stored ${points.map(({ seq }) => seq).join()} of ${final.completed_points}`,
      );
    if (new Set(points.map(({ row, column }) => `${row}/${column}`)).size !== points.length)
      problems.push(`session ${id}: a cell is stored twice`);
    if (viewer.seqs.join() !== upTo)
      problems.push(`session ${id}: the viewer got ${viewer.seqs.join()} of ${final.completed_points}`);
    const { rows } = await database.query<SessionSnapshot>(
      'select status, completed_points, total_points from sessions where id = $1',
      [id],
    );
    const retained = await until(`MQTT reports the end of session ${id}`, () => {
      const last = published.get(id)?.at(-1);
      return last?.status === final.status && last;
    }).catch(() => published.get(id)?.at(-1));
    const observed = {
      REST: `${final.status} ${final.completed_points}`,
      database: `${rows[0]?.status} ${rows[0]?.completed_points}`,
      MQTT: `${retained?.status} ${retained?.completed}`,
      WebSocket: `${viewer.statuses.at(-1)} ${viewer.seqs.length}`,
    };
    if (new Set(Object.values(observed)).size > 1)
      problems.push(`session ${id}: at the end ${JSON.stringify(observed)}`);
    for (const message of published.get(id) ?? []) history.published(message);
    return [...problems, ...history.problems(final.status, viewer.statuses)];
  }

  return {
    run,
    async close() {
      await listener.endAsync(true);
      await database.end();
    },
  };
}

/** Sessions of one rotor must first acquire it in the order of their creation, one at a time. */
function findOutOfOrder(grants: { rotorId: number; holder: string }[]): string[] {
  const turns = grants
    .map(({ holder }) => Number(holder.split(' ')[1]))
    .filter((id, i, all) => id !== all[i - 1]);
  const wrong = turns.findIndex((id, i) => i > 0 && id < (turns[i - 1] as number));
  return wrong < 0 ? [] : [`rotor ${grants[0]?.rotorId}: sessions had it in the order ${turns.join()}`];
}
