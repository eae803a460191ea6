import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLatest } from './latest.ts';

interface Request {
  question: string;
  signal: AbortSignal;
  answer: (answer: string) => void;
  fail: (error: Error) => void;
}

function createAsker() {
  const requests: Request[] = [];
  const heard: string[] = [];
  const latest = createLatest<string, string>(
    {
      fetch: (question, signal) =>
        new Promise((answer, fail) => {
          requests.push({ question, signal, answer, fail });
        }),
      onAnswer: (answer, question) => heard.push(`${question}: ${answer}`),
      onFailure: (error, question) => heard.push(`${question}: ${String(error)}`),
    },
    100,
  );
  const request = (n: number) => requests[n] ?? expect.fail(`there is no request ${n}`);
  return { latest, requests, heard, request };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the newest of what changes quickly', () => {
  it('is asked for once the typing rests', async () => {
    const { latest, requests, heard, request } = createAsker();
    for (const question of ['1', '12', '12.']) {
      latest.ask(question);
      await vi.advanceTimersByTimeAsync(99);
    }
    expect(requests).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    request(0).answer('yes');
    await vi.runAllTimersAsync();
    expect([requests.length, heard]).toEqual([1, ['12.: yes']]);
  });

  it('waits for the end of a request that it aborts, and is never overtaken by its answer', async () => {
    const { latest, requests, heard, request } = createAsker();
    latest.ask('old');
    await vi.advanceTimersByTimeAsync(100);
    latest.ask('new');
    expect(request(0).signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(1);
    request(0).answer('too late');
    await vi.runAllTimersAsync();
    expect(request(1).question).toBe('new');
    request(1).answer('yes');
    await vi.runAllTimersAsync();
    expect(heard).toEqual(['new: yes']);
  });

  it('tells a failure, and goes on with the next question', async () => {
    const { latest, heard, request } = createAsker();
    latest.ask('a');
    await vi.advanceTimersByTimeAsync(100);
    request(0).fail(new Error('no'));
    await vi.runAllTimersAsync();
    latest.ask('b');
    await vi.advanceTimersByTimeAsync(100);
    request(1).answer('yes');
    await vi.runAllTimersAsync();
    expect(heard).toEqual(['a: Error: no', 'b: yes']);
  });

  it('is silent after a stop', async () => {
    const { latest, requests, heard, request } = createAsker();
    latest.ask('a');
    await vi.advanceTimersByTimeAsync(100);
    latest.ask('b');
    latest.stop();
    request(0).fail(new Error('aborted'));
    await vi.runAllTimersAsync();
    expect([requests.length, heard]).toEqual([1, []]);
  });
});
