import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LatestRequest } from './latest-request.ts';

interface Request {
  query: string;
  signal: AbortSignal;
  respond: (result: string) => void;
  fail: (error: Error) => void;
}

function createRequests() {
  const requests: Request[] = [];
  const results: string[] = [];
  const latestRequest = new LatestRequest<string, string>(
    {
      fetch: (query, signal) =>
        new Promise((respond, fail) => {
          requests.push({ query, signal, respond, fail });
        }),
      onResponse: (result, query) => results.push(`${query}: ${result}`),
      onFailure: (error, query) => results.push(`${query}: ${String(error)}`),
    },
    100,
  );
  const request = (n: number) => requests[n] ?? expect.fail(`there is no request ${n}`);
  return { latestRequest, requests, results, request };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a latest-request queue', () => {
  it('sends one request after the input has settled', async () => {
    const { latestRequest, requests, results, request } = createRequests();
    for (const query of ['1', '12', '12.']) {
      latestRequest.send(query);
      await vi.advanceTimersByTimeAsync(99);
    }
    expect(requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    request(0).respond('yes');
    await vi.runAllTimersAsync();
    expect([requests.length, results]).toEqual([1, ['12.: yes']]);
  });

  it('waits for an aborted request to end and ignores its result', async () => {
    const { latestRequest, requests, results, request } = createRequests();
    latestRequest.send('old');
    await vi.advanceTimersByTimeAsync(100);
    latestRequest.send('new');
    expect(request(0).signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(1);
    request(0).respond('too late');
    await vi.runAllTimersAsync();
    expect(request(1).query).toBe('new');
    request(1).respond('yes');
    await vi.runAllTimersAsync();
    expect(results).toEqual(['new: yes']);
  });

  it('reports an error and continues with the next query', async () => {
    const { latestRequest, results, request } = createRequests();
    latestRequest.send('a');
    await vi.advanceTimersByTimeAsync(100);
    request(0).fail(new Error('no'));
    await vi.runAllTimersAsync();
    latestRequest.send('b');
    await vi.advanceTimersByTimeAsync(100);
    request(1).respond('yes');
    await vi.runAllTimersAsync();
    expect(results).toEqual(['a: Error: no', 'b: yes']);
  });

  it('does nothing after stop', async () => {
    const { latestRequest, requests, results, request } = createRequests();
    latestRequest.send('a');
    await vi.advanceTimersByTimeAsync(100);
    latestRequest.send('b');
    latestRequest.stop();
    request(0).fail(new Error('aborted'));
    await vi.runAllTimersAsync();
    expect([requests.length, results]).toEqual([1, []]);
  });
});
