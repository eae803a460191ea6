import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';

// Refused requests about baselines and comparisons; without sky-analyst nothing is created.

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

test.each([
  [{}, 'body.name'],
  [{ name: 'x' }, 'body.session_ids'],
  [{ name: '', session_ids: [1] }, 'body.name'],
  [{ name: 'x'.repeat(101), session_ids: [1] }, 'body.name'],
  [{ name: 'x', session_ids: [] }, 'body.session_ids'],
  [{ name: 'x', session_ids: [1, 0] }, 'body.session_ids.1'],
  [{ name: 'x', session_ids: ['1'] }, 'body.session_ids.0'],
  [{ name: 'x', session_ids: Array.from({ length: 1_001 }, (_, k) => k + 1) }, 'body.session_ids'],
  [{ name: 'x', session_ids: [1], schedule_id: 1 }, 'body.session_ids'],
  [{ name: 'x', schedule_id: 1.5 }, 'body.schedule_id'],
  [{ name: 'x', schedule_id: 1, is_growing: true }, 'body.is_growing'],
])('a baseline %j is refused', async (body, field) => {
  const answer = await suite.refused('/api/baselines', { method: 'POST', body });
  expect([answer.status, locations(answer)]).toEqual([422, [field]]);
});

test('nothing is created without sky-analyst', async () => {
  const body = { name: 'x', session_ids: [suite.sessionId] };
  expect((await suite.refused('/api/baselines', { method: 'POST', body })).status).toBe(503);
});

test.each(['0', 'abc', '2147483648', '%zz', '999'])('baseline %s is not found', async (id) => {
  const requests: [string, string, object?][] = [
    ['GET', ''],
    ['PUT', '', { name: 'x' }],
    ['DELETE', ''],
    ['GET', '/sessions'],
    ['PUT', '/sessions/1', { status: 'excluded' }],
    ['GET', '/cells'],
    ['GET', '/map.png'],
  ];
  for (const [method, leaf, body] of requests) {
    const answer = await suite.refused(`/api/baselines/${id}${leaf}`, { method, ...(body && { body }) });
    expect([answer.status, answer.body]).toEqual([404, { detail: 'Baseline not found' }]);
  }
});

test.each([
  ['/sessions?limit=0', 'limit'],
  ['/sessions?limit=501', 'limit'],
  ['/sessions?before_id=x', 'before_id'],
  ['/sessions?status=failed', 'status'],
  ['/cells?band=-1', 'band'],
  ['/cells?bin=hour:24', 'bin'],
  ['/cells?bin=hour:1', 'bin'],
  ['/cells?format=xml', 'format'],
  ['/cells?decimal=comma', 'decimal'],
  ['/map.png?value=z', 'value'],
  ['/map.png?min=1&max=0', 'max'],
])('baselines/1%s is refused', async (query, field) => {
  const answer = await suite.refused(`/api/baselines/1${query}`, {});
  expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
});

test.each([
  ['/anomalies?baseline=0', 'baseline'],
  ['/anomalies?format=columnar', 'format'],
  ['/anomalies/map?band=x', 'band'],
  ['/anomalies/map.png?value=spread_db', 'value'],
  ['/anomalies/map.png?size=63', 'size'],
])('skyscan%s is refused', async (query, field) => {
  const answer = await suite.refused(`/api/skyscan/${suite.sessionId}${query}`, {});
  expect([answer.status, locations(answer)]).toEqual([422, [`query.${field}`]]);
});

test.each([{}, { baseline_id: 0 }, { baseline_id: '1' }])('a comparison %j is refused', async (body) => {
  const answer = await suite.refused(`/api/skyscan/${suite.sessionId}/anomalies`, { method: 'POST', body });
  expect([answer.status, locations(answer)]).toEqual([422, ['body.baseline_id']]);
});

test('a session without a baseline has no anomalies', async () => {
  const path = `/api/skyscan/${suite.sessionId}`;
  for (const leaf of ['/anomalies', '/anomalies/map', '/anomalies/map.png'])
    expect((await suite.refused(`${path}${leaf}`, {})).body).toEqual({
      detail: `Session ${suite.sessionId} has no baseline: create one of its schedule, or name one`,
    });
  expect((await suite.refused(`${path}/anomalies?baseline=1`, {})).body).toEqual({
    detail: 'Baseline not found',
  });
  expect((await suite.world.gateway.get(`${path}/comparisons`)).body).toEqual([]);
});
