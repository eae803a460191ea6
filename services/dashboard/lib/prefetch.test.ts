import { afterEach, expect, test, vi } from 'vitest';
import { initialPaths, startPrefetch } from './prefetch.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Records the requests passed to fetch. */
function recordRequests() {
  const requests: { path: string; init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    requests.push({ path, init });
    return Promise.resolve(new Response(path));
  });
  return requests;
}

test('a session page prefetches its session; every page prefetches the overview', () => {
  for (const hash of [
    '#/scan/sessions/3',
    '#/scan/sessions/3/levels?fit=true',
    '#/sessions/3?analysis=levels',
  ])
    expect(initialPaths(hash)).toEqual([
      '/api/skyscan/3',
      '/api/skyscan/3/plan?path=false',
      '/api/skyscan/3/measurements?format=columnar&after_seq=0',
      '/api/rotors',
      '/api/skyscan/sessions?limit=30',
    ]);
  for (const hash of [
    '',
    '#/',
    '#/scan/sessions',
    '#/sessions/03',
    '#/sessions/3%2F..',
    '#/station/rotors/3',
  ])
    expect(initialPaths(hash)).toEqual(['/api/rotors', '/api/skyscan/sessions?limit=30']);
});

test('each response is handed out once; requests carry the stored key', async () => {
  const requests = recordRequests();
  const prefetch = startPrefetch(['/a'], 'secret');
  expect(requests[0]?.init.headers).toEqual({ 'X-API-Key': 'secret' });
  expect(await (await prefetch.take('/a'))?.text()).toBe('/a');
  expect([prefetch.take('/a'), prefetch.take('/b')]).toEqual([undefined, undefined]);
  prefetch.forget();
});

test('a taken request follows the signal of its caller; unclaimed requests are aborted after 10 s', () => {
  vi.useFakeTimers();
  const requests = recordRequests();
  const prefetch = startPrefetch(['/a', '/b'], undefined);
  const caller = new AbortController();
  void prefetch.take('/a', caller.signal);
  const aborted = () => requests.map(({ init }) => init.signal?.aborted);
  vi.advanceTimersByTime(60_000);
  expect([aborted(), prefetch.take('/b')]).toEqual([[false, true], undefined]);
  caller.abort();
  expect(aborted()).toEqual([true, true]);
});
