import { expect } from 'vitest';
import {
  createGatewayWorld,
  type Answer,
  type GatewayWorld,
  type RequestOptions,
} from './gateway-harness.ts';
import { until } from './until.ts';

/**
 * A world with a rotor, a running session of 6 cells and one stored point, for requests that must
 * not change anything.
 */
export interface Refusals {
  world: GatewayWorld;
  rotorId: number;
  sessionId: number;
  /** All rotors, sessions and points of the REST API. */
  everything(): Promise<string>;
  /**
   * Sends a request that must be refused: it creates and moves nothing, and the next request works.
   */
  refused(path: string, options: RequestOptions): Promise<Answer>;
}

const SMALL = { az_start: 0, az_end: 4, el_start: 10, el_end: 12, step_deg: 2, rssi_iterations: 3 };

export async function createRefusals(): Promise<Refusals> {
  const world = await createGatewayWorld();
  const { gateway, orchestrator, driver, publish } = world;
  const rotorId = ((await gateway.post('/api/rotors', { name: 'rotor' })).body as { id: number }).id;
  const started = await gateway.post('/api/skyscan/start', { rotor_id: rotorId, ...SMALL });
  const sessionId = (started.body as { id: number }).id;

  async function everything(): Promise<string> {
    const paths = ['/api/rotors', '/api/skyscan/sessions', `/api/skyscan/${sessionId}/measurements`];
    const answers = await Promise.all(paths.map((path) => gateway.get(path)));
    for (const answer of answers) expect(answer.status).toBe(200);
    return answers.map(({ text }) => text).join('\n');
  }

  async function refused(path: string, options: RequestOptions): Promise<Answer> {
    const before = await everything();
    const moved = driver.calls.length;
    const sessions = orchestrator.sessions.size;
    const answer = await gateway.request(path, options);
    expect(Object.keys(answer.body as object)).toEqual(['detail']);
    expect(answer.text).not.toMatch(/at .*\.(ts|js):\d+|node_modules|Error:/);
    expect(await everything()).toBe(before);
    expect([driver.calls.length, orchestrator.sessions.size]).toEqual([moved, sessions]);
    return answer;
  }

  await publish(`skyscan/sessions/${sessionId}/status`, orchestrator.setStatus(sessionId, 'running'));
  await until('it runs', async () => /"running"/.test((await gateway.get(`/api/skyscan/${sessionId}`)).text));
  await publish(`skyscan/sessions/${sessionId}/points`, orchestrator.measure(sessionId));
  await until('one point', async () => (await everything()).includes('"completed_points":1'));
  return { world, rotorId, sessionId, everything, refused };
}

/** Locations of the problems of a 422: `body.step_deg`. */
export function locations(answer: Answer): string[] {
  return (answer.body as { detail: { loc: (string | number)[] }[] }).detail.map(({ loc }) => loc.join('.'));
}
