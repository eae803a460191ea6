import { expect, test } from 'vitest';
import { loadConfig } from '#shared/runtime/env';
import { ApiError } from '#contract/client/api-error';
import type { ApiClient } from '#contract/client/api-client';
import { configSchema } from './config.ts';
import { prepareRotor } from './first-run.ts';

const stack = { addresses: { rotctld: '127.0.0.1:4533', simulator: { controlPort: 1 } } };
const config = loadConfig(configSchema, { ROTCTLD: '127.0.0.1:4533', RTL_TCP: '127.0.0.1:1234' });
const simulation = loadConfig(configSchema, { RTL_TCP: '127.0.0.1:1234' });

/** An API without rotors and sessions that refuses the first requests. */
function refusing(refusals: Error[]) {
  const requests: string[] = [];
  const answer = <T>(text: string, value: unknown) => {
    requests.push(text);
    const refusal = refusals.shift();
    return refusal ? Promise.reject<T>(refusal) : Promise.resolve(value as T);
  };
  const api: Pick<ApiClient, 'get' | 'post' | 'put'> = {
    get: (path) => answer(`GET ${path}`, []),
    post: (path) => answer(`POST ${path}`, {}),
    put: (path) => answer(`PUT ${path}`, {}),
  };
  return { api, requests };
}

test('waits for a database that is being prepared', async () => {
  const notYet = () => new ApiError(503, 'it is being prepared');
  const { api, requests } = refusing([notYet(), notYet()]);
  const { registered } = await prepareRotor(api, stack, config, new AbortController().signal);
  expect(registered).toBe('Rotator at 127.0.0.1:4533');
  const query = 'GET /api/rotors';
  expect(requests).toEqual([query, query, query, 'GET /api/skyscan/sessions?limit=100', 'POST /api/rotors']);
});

test('reports an error that waiting cannot fix at once', async () => {
  const { api, requests } = refusing([new TypeError('fetch failed')]);
  const { signal } = new AbortController();
  await expect(prepareRotor(api, stack, config, signal)).rejects.toThrow('fetch failed');
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
  const requests: string[] = [];
  const change = <T>(method: string, path: string) => {
    requests.push(`${method} ${path}`);
    return Promise.resolve({ id: 1 } as T);
  };
  const api: Pick<ApiClient, 'get' | 'post' | 'put'> = {
    get: <T>(path: string) => Promise.resolve((path === '/api/rotors' ? rotors : sessions) as T),
    post: (path) => change('POST', path),
    put: (path) => change('PUT', path),
  };
  await prepareRotor(api, stack, simulation, new AbortController().signal);
  expect(requests).toEqual(sent);
});
