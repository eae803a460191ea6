import { afterEach, expect, test, vi } from 'vitest';
import { EarlyAnswers, firstPaths } from './early-answers.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What was asked for, and with which signal. */
function asked() {
  const requests: { path: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    requests.push({ path, init });
    return Promise.resolve(new Response(path));
  });
  return requests;
}

test('a page asks for its session at once; a hash that names none for what every page needs', () => {
  expect(firstPaths('#/sessions/3?analysis=levels')).toEqual([
    '/api/skyscan/3',
    '/api/skyscan/3/plan?path=false',
    '/api/skyscan/3/measurements?format=columnar&after_seq=0',
    '/api/rotors',
    '/api/skyscan/sessions?limit=30',
  ]);
  for (const hash of ['', '#/', '#/sessions', '#/sessions/03', '#/sessions/3%2F..', '#/rotors/3'])
    expect(firstPaths(hash)).toEqual(['/api/rotors', '/api/skyscan/sessions?limit=30']);
});

test('an answer is given once, with the key that was kept', async () => {
  const requests = asked();
  const early = new EarlyAnswers(['/a'], 'secret');
  expect(requests[0]?.init.headers).toEqual({ 'X-API-Key': 'secret' });
  expect(await (await early.take('/a'))?.text()).toBe('/a');
  expect([early.take('/a'), early.take('/b')]).toEqual([undefined, undefined]);
  early.forget();
});

test('whoever takes an answer ends it; what nobody takes ends by itself', () => {
  vi.useFakeTimers();
  const requests = asked();
  const early = new EarlyAnswers(['/a', '/b'], undefined);
  const taker = new AbortController();
  void early.take('/a', taker.signal);
  const ended = () => requests.map(({ init }) => init.signal?.aborted);
  vi.advanceTimersByTime(60_000);
  expect([ended(), early.take('/b')]).toEqual([[false, true], undefined]);
  taker.abort();
  expect(ended()).toEqual([true, true]);
});
