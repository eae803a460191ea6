import { expect, test } from 'vitest';
import { loadConfig } from '#shared/runtime/env';
import { createApiClient } from '#contract/client/api-client';
import { configSchema } from './config.ts';
import { prepareRotor } from './first-run.ts';

const stack = { addresses: { rotctld: '127.0.0.1:4533', simulator: { controlPort: 1 } } };
const config = loadConfig(configSchema, { ROTCTLD: '127.0.0.1:4533', RTL_TCP: '127.0.0.1:1234' });
const simulation = loadConfig(configSchema, { RTL_TCP: '127.0.0.1:1234' });

type Answer = (method: string, path: string) => Response;

/** The API client, with a server that gives these answers. */
function apiOf(answer: Answer) {
  const requests: string[] = [];
  const api = createApiClient({
    send(path, { method = 'GET' }) {
      requests.push(`${method} ${path}`);
      return Promise.resolve(answer(method, path));
    },
    unreachable: () => 'cannot reach it',
  });
  return { api, requests };
}

/** A server without rotors and sessions that refuses the first requests with these statuses. */
function refusing(statuses: number[]) {
  return apiOf((method) => {
    const status = statuses.shift();
    if (status !== undefined) return Response.json({ detail: `refused with ${status}` }, { status });
    return Response.json(method === 'GET' ? [] : {});
  });
}

test('waits for a database that is being prepared', async () => {
  const { api, requests } = refusing([503, 503]);
  const { registered } = await prepareRotor(api, stack, config, new AbortController().signal);
  expect(registered).toBe('Rotator at 127.0.0.1:4533');
  const query = 'GET /api/rotors';
  expect(requests).toEqual([query, query, query, 'GET /api/skyscan/sessions?limit=100', 'POST /api/rotors']);
});

test('reports an error that waiting cannot fix at once', async () => {
  const { api, requests } = refusing([401]);
  const { signal } = new AbortController();
  await expect(prepareRotor(api, stack, config, signal)).rejects.toThrow('refused with 401');
  expect(requests).toHaveLength(1);
});

const simulated = { id: 1, name: 'Simulated observatory', host: '127.0.0.1', port: 4533 };
const own = { ...simulated, id: 2, name: 'Roof' };
const ended = { id: 1, status: 'cancelled' };

test.each([
  {
    name: 'the database is empty',
    rotors: [],
    sessions: [],
    sent: ['POST /api/rotors', 'POST /api/skyscan/start'],
  },
  {
    name: 'the power was cut before the first scan',
    rotors: [simulated],
    sessions: [],
    sent: ['POST /api/skyscan/start'],
  },
  { name: 'the first scan has ended', rotors: [simulated], sessions: [ended], sent: [] },
  { name: 'the user has added a rotor', rotors: [simulated, own], sessions: [], sent: [] },
  { name: 'the simulated rotor was deleted', rotors: [], sessions: [ended], sent: [] },
  {
    name: 'the address of the simulated rotctld has changed',
    rotors: [{ ...simulated, port: 4600 }],
    sessions: [ended],
    sent: ['PUT /api/rotors/1'],
  },
])('with the simulator, when $name', async ({ rotors, sessions, sent }) => {
  const { api, requests } = apiOf((method, path) => {
    if (method !== 'GET') return Response.json({ id: 1 });
    return Response.json(path === '/api/rotors' ? rotors : sessions);
  });
  await prepareRotor(api, stack, simulation, new AbortController().signal);
  expect(requests.filter((request) => !request.startsWith('GET '))).toEqual(sent);
});
