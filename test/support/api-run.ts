import { hasEnded } from '#contract/session-status';
import mqtt, { type MqttClient } from 'mqtt';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Measurement } from '#contract/measurement';
import type { StatusMessage } from '#contract/mqtt-messages';
import { createHistory, type Look, type SessionHistory } from './api-history.ts';
import type { ApiWorld } from './api-world.ts';
import type { Action } from './session-model.ts';
import { until } from './until.ts';
import { watchForGood, type ReturningViewer } from './viewer.ts';

/**
 * One thing that somebody does, `atMs` after the run began. Numbers of sessions and rotors go
 * round.
 */
export type Step = { atMs: number } & (
  | { do: 'start'; rotor: number; points: number }
  | { do: Action; session: number; times: number }
  | { do: 'stop_rotor'; rotor: number }
  | { do: 'look'; session: number }
  | { do: 'come_back'; session: number }
  | { do: 'restart_gateway' }
  | { do: 'restart_orchestrator' }
);

/** What a run brought to light. */
export interface RunResult {
  complaints: string[];
  requests: number;
  sessions: number;
  /** Answers by kind, for the curious: `pause 200`. */
  answers: Map<string, number>;
  /**
   * From the last status on MQTT to the look that found REST saying the same; there is one every 50
   * ms at least.
   */
  agreedAfterMs: number[];
}

/** A stage for many runs: rotors of its own for each, one listener at the broker. */
export interface RunStage {
  play(steps: Step[]): Promise<RunResult>;
  close(): Promise<void>;
}

interface Known {
  history: SessionHistory;
  viewer: ReturningViewer;
  rotor: number;
  /** Somebody was told so. */
  ended: boolean;
}

export async function createRunStage(world: ApiWorld): Promise<RunStage> {
  const listener: MqttClient = await mqtt.connectAsync(world.brokerUrl);
  const database = new Pool({ connectionString: world.databaseUrl, max: 2 });
  const published = new Map<number, StatusMessage[]>();
  const lastSaidMs = new Map<number, number>();
  listener.on('message', (topic, payload, { retain }) => {
    if (retain || payload.length === 0) return;
    const message = JSON.parse(payload.toString()) as StatusMessage;
    published.set(message.session_id, [...(published.get(message.session_id) ?? []), message]);
    lastSaidMs.set(message.session_id, performance.now());
  });
  await listener.subscribeAsync('skyscan/sessions/+/status', { qos: 1 });
  async function newestSession(): Promise<number> {
    const { rows } = await database.query<{ id: number | null }>('select max(id) as id from sessions');
    return rows[0]?.id ?? 0;
  }

  async function play(steps: Step[]): Promise<RunResult> {
    const rotors = await world.addRotors();
    const known: Known[] = [];
    const complaints: string[] = [];
    const answers = new Map<string, number>();
    let requests = 0;
    const lastBefore = await newestSession();
    const firstGrant = world.grants.length;

    async function call(method: string, path: string, body?: unknown) {
      requests++;
      const answer = await world.call(method, path, body);
      const kind = `${path.split('/').at(-1)?.replace(/^\d+$/, 'look').replace(/\?.*/, '')} ${typeof answer === 'string' ? answer : answer.status}`;
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
      if (typeof answer === 'object' && (answer.status === 500 || answer.status === 404))
        complaints.push(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer;
    }

    const stops: number[] = [];

    /** `stopsBefore`: how many of the stops so far cannot have met this session. */
    function meet(id: number, rotor: number, stopsBefore: number): Known {
      const met = { history: createHistory(id), viewer: watchForGood(world.url, id), rotor, ended: false };
      for (const stopped of stops.slice(stopsBefore)) if (stopped === rotor) met.history.rotorStopped();
      known.push(met);
      return met;
    }

    async function act(session: Known, action: Action): Promise<void> {
      const id = session.history.sessionId;
      const answered = session.history.asked(action);
      const outcome = answered(await call('POST', `/api/skyscan/${id}/${action}`));
      if (typeof outcome === 'object' && ['completed', 'cancelled'].includes(outcome.refusedIn))
        session.ended = true;
    }

    /** Rather one that goes on. */
    function sessionOf(step: Step): Known | undefined {
      if (!('session' in step)) return undefined;
      const alive = known.filter(({ ended }) => !ended);
      return alive[step.session % alive.length] ?? known.at(-1);
    }

    async function look({ history }: Known): Promise<Look | undefined> {
      const seen = history.looks();
      const answer = await call('GET', `/api/skyscan/${history.sessionId}`);
      if (typeof answer === 'string' || answer.status !== 200) return undefined;
      seen(answer.body as Look);
      return answer.body as Look;
    }

    async function take(step: Step): Promise<void> {
      const session = sessionOf(step);
      const rotor = 'rotor' in step ? (rotors[step.rotor % rotors.length] ?? 0) : 0;
      switch (step.do) {
        case 'start': {
          const grid = { az_start: 0, az_end: step.points - 1, el_start: 10, el_end: 10, step_deg: 1 };
          const body = { rotor_id: rotor, ...grid, rssi_iterations: 1 };
          const stopsBefore = stops.length;
          const answer = await call('POST', '/api/skyscan/start', body);
          if (typeof answer === 'object' && answer.status === 201)
            meet((answer.body as { id: number }).id, rotor, stopsBefore);
          else if (typeof answer === 'object' && answer.status !== 503)
            complaints.push(`start: ${answer.status} ${answer.text}`);
          break;
        }
        case 'pause':
        case 'resume':
        case 'cancel':
          if (session) await Promise.all(Array.from({ length: step.times }, () => act(session, step.do)));
          break;
        case 'stop_rotor': {
          stops.push(rotor);
          for (const { history } of known.filter((one) => one.rotor === rotor)) history.rotorStopped();
          const answer = await call('POST', `/api/rotors/${rotor}/stop`);
          if (typeof answer === 'object' && answer.status !== 200)
            complaints.push(`stop: ${answer.status} ${answer.text}`);
          break;
        }
        case 'look':
          if (session) await look(session);
          break;
        case 'come_back':
          session?.viewer.comeBack();
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
        await take(step);
      }),
    );
    for (const { history } of known) history.settled();
    // Sessions whose 201 was lost exist all the same.
    for (const rotor of rotors) {
      const answer = await call('GET', `/api/skyscan/sessions?rotor_id=${rotor}`);
      if (typeof answer === 'string') throw new Error('the gateway is away');
      for (const { id } of answer.body as { id: number }[])
        if (id > lastBefore && !known.some(({ history }) => history.sessionId === id)) meet(id, rotor, 0);
    }

    const agreedAfterMs: number[] = [];
    await Promise.all(
      known.map(async (session) => {
        let looked = 0;
        const final = await until(`session ${session.history.sessionId} ends`, async () => {
          const now = await look(session);
          looked++;
          // Odd ones are cancelled, even ones run to their end.
          if (now?.status === 'paused')
            await act(session, session.history.sessionId % 2 ? 'cancel' : 'resume');
          return now && hasEnded(now.status) ? now : undefined;
        }).catch((error: unknown) => void complaints.push(String(error)));
        if (!final) return;
        const said = lastSaidMs.get(session.history.sessionId);
        if (said !== undefined && looked > 1) agreedAfterMs.push(performance.now() - said);
        complaints.push(...(await judge(session, final)));
      }),
    );
    const grants = world.grants.slice(firstGrant);
    for (const rotor of rotors) complaints.push(...outOfTurn(grants.filter((one) => one.rotorId === rotor)));
    known.forEach(({ viewer }) => viewer.close());
    return { complaints, requests, sessions: known.length, answers, agreedAfterMs };
  }

  /**
   * Whether everybody says the same at the end, and every cell is there as often as it should be.
   */
  async function judge({ history, viewer }: Known, final: Look): Promise<string[]> {
    const id = history.sessionId;
    const said: string[] = [];
    await until(`the viewer of session ${id} has heard everything`, () => viewer.over).catch(
      (error: unknown) => said.push(`${String(error)}: ${viewer.statuses.join(' ')}`),
    );
    // A database that is busy may refuse; anything but that is an answer.
    const path = `/api/skyscan/${id}/measurements`;
    const answer = await until(`the points of session ${id}`, async () => {
      const given = await world.call('GET', path);
      return typeof given === 'object' && given.status !== 503 && given;
    });
    if (answer.status !== 200) return [`${path}: ${answer.status} ${answer.text}`];
    const points = answer.body as Measurement[];
    const upTo = Array.from({ length: final.completed_points }, (_, i) => i + 1).join();
    if (points.map(({ seq }) => seq).join() !== upTo)
      said.push(`session ${id}: stored ${points.map(({ seq }) => seq).join()} of ${final.completed_points}`);
    if (new Set(points.map(({ row, column }) => `${row}/${column}`)).size !== points.length)
      said.push(`session ${id}: a cell is stored twice`);
    if (viewer.seqs.join() !== upTo)
      said.push(`session ${id}: the viewer got ${viewer.seqs.join()} of ${final.completed_points}`);
    const { rows } = await database.query<Look>(
      'select status, completed_points, total_points from sessions where id = $1',
      [id],
    );
    const retained = await until(`MQTT says how session ${id} ended`, () => {
      const last = published.get(id)?.at(-1);
      return last?.status === final.status && last;
    }).catch(() => published.get(id)?.at(-1));
    const witnesses = {
      REST: `${final.status} ${final.completed_points}`,
      database: `${rows[0]?.status} ${rows[0]?.completed_points}`,
      MQTT: `${retained?.status} ${retained?.completed}`,
      WebSocket: `${viewer.statuses.at(-1)} ${viewer.seqs.length}`,
    };
    if (new Set(Object.values(witnesses)).size > 1)
      said.push(`session ${id}: at the end ${JSON.stringify(witnesses)}`);
    for (const message of published.get(id) ?? []) history.published(message);
    return [...said, ...history.complaints(final.status, viewer.statuses)];
  }

  return {
    play,
    async close() {
      await listener.endAsync(true);
      await database.end();
    },
  };
}

/**
 * Sessions of one rotor get it for the first time in the order of their creation, and one after the
 * other.
 */
function outOfTurn(grants: { rotorId: number; holder: string }[]): string[] {
  const turns = grants
    .map(({ holder }) => Number(holder.split(' ')[1]))
    .filter((id, i, all) => id !== all[i - 1]);
  const wrong = turns.findIndex((id, i) => i > 0 && id < (turns[i - 1] as number));
  return wrong < 0 ? [] : [`rotor ${grants[0]?.rotorId}: sessions had it in the order ${turns.join()}`];
}
