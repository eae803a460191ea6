import { expect, test } from 'vitest';
import { REASON_HEADER } from '../http-headers.ts';
import { createApiClient, type ApiConnection } from './api-client.ts';
import { ApiError } from './api-error.ts';

function clientOf(send: ApiConnection['send'], signal?: AbortSignal) {
  return createApiClient({ send, unreachable: () => 'cannot reach it', ...(signal && { signal }) });
}

function answer(status: number, body: string, headers: Record<string, string> = {}) {
  return () => Promise.resolve(new Response(body, { status, headers }));
}

const problems = [
  { loc: ['body', 'az_end'], msg: 'Must be a number', type: 'invalid' },
  { loc: ['body', 'horizon', 0, 1], msg: 'Must be in -90..90 deg', type: 'invalid' },
  { loc: ['body'], msg: 'Must be an object', type: 'invalid' },
];

test.each<[string, ApiConnection['send'], Partial<ApiError>]>([
  [
    'the message of the API',
    answer(404, '{"detail":"Rotor not found"}'),
    { status: 404, message: 'Rotor not found' },
  ],
  [
    'the message and the reason in the header',
    answer(503, '{"detail":"Cannot connect to rotctld"}', { [REASON_HEADER]: 'refused' }),
    { status: 503, message: 'Cannot connect to rotctld: refused' },
  ],
  [
    'every problem of a request',
    answer(422, JSON.stringify({ detail: problems })),
    {
      status: 422,
      message: 'az_end: Must be a number; horizon.0.1: Must be in -90..90 deg; request: Must be an object',
      problems,
    },
  ],
  [
    'an error page of a proxy',
    answer(502, '<html>'),
    { status: 502, message: 'The server answered with status 502' },
  ],
  [
    'no answer',
    () => Promise.reject(new TypeError('fetch failed')),
    { status: 0, message: 'cannot reach it' },
  ],
  [
    'a page of another program',
    answer(200, '<html>'),
    { status: 0, message: '/api/rotors: the answer is not JSON; another program is listening there' },
  ],
])('a request fails with %s', async (_name, send, expected) => {
  const error: unknown = await clientOf(send)
    .get('/api/rotors')
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject(expected);
});

test('problems are grouped by field', async () => {
  const error = await clientOf(answer(422, JSON.stringify({ detail: [...problems, problems[0]] })))
    .post('/api/rotors', { name: '' })
    .catch((caught: unknown) => caught as ApiError);
  expect([...(error as ApiError).byField]).toEqual([
    ['az_end', 'Must be a number; Must be a number'],
    ['horizon.0.1', 'Must be in -90..90 deg'],
    ['', 'Must be an object'],
  ]);
});

test('once the signal has fired, a request fails with its reason', async () => {
  const reason = new Error('left');
  const own = () => Promise.reject(reason);
  await expect(clientOf(own, AbortSignal.abort()).get('/api/rotors')).rejects.toBe(reason);
  await expect(clientOf(own).get('/api/rotors', AbortSignal.abort())).rejects.toBe(reason);
});

test('sends JSON only with a body, and returns undefined for 204', async () => {
  const sent: unknown[] = [];
  const client = clientOf((path, request) => {
    sent.push([request.method, path, request.body, request.headers]);
    return Promise.resolve(new Response(null, { status: 204 }));
  });
  await expect(client.delete('/api/rotors/1')).resolves.toBeUndefined();
  await client.put('/api/rotors/1', { port: 1 });
  expect(sent).toEqual([
    ['DELETE', '/api/rotors/1', undefined, undefined],
    ['PUT', '/api/rotors/1', '{"port":1}', { 'Content-Type': 'application/json' }],
  ]);
});
