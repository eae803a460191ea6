import { EventEmitter, once } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createRepeatedWork } from './repeated-work.ts';

const HOUR_MS = 3_600_000;

test('woken while it works, the work is repeated at once; closing waits for its end', async () => {
  let runs = 0;
  let hasEnded = false;
  const reached = new EventEmitter();
  const second = once(reached, 'second') as Promise<[AbortSignal]>;
  const repeated = createRepeatedWork({
    intervalMs: HOUR_MS,
    logger: pino({ level: 'silent' }),
    failure: 'cannot work',
    async work(signal) {
      runs++;
      if (runs === 1) repeated.wake();
      else {
        reached.emit('second', signal);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        hasEnded = true;
      }
    },
  });
  repeated.start();
  const [signal] = await second;
  expect(signal.aborted).toBe(false);
  await repeated.close();
  expect({ runs, hasEnded }).toEqual({ runs: 2, hasEnded: true });
});

test('a failure is logged once per reason, and the work is repeated', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const reasons = ['away', 'away', 'full', undefined, 'away'];
  const reached = new EventEmitter();
  const done = once(reached, 'done');
  const repeated = createRepeatedWork({
    intervalMs: 0,
    logger,
    failure: 'cannot work',
    work() {
      if (reasons.length === 0) reached.emit('done');
      const reason = reasons.shift();
      return reason === undefined ? Promise.resolve() : Promise.reject(new Error(reason));
    },
  });
  repeated.start();
  await done;
  await repeated.close();
  expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual([
    'away',
    'full',
    'away',
  ]);
});

test('a failure is retried sooner, and work that is due sooner is repeated then', async () => {
  let runs = 0;
  const reached = new EventEmitter();
  const done = once(reached, 'done');
  const repeated = createRepeatedWork({
    intervalMs: HOUR_MS,
    retryMs: 1,
    dueInMs: () => Promise.resolve(1),
    logger: pino({ level: 'silent' }),
    failure: 'cannot work',
    work() {
      if (++runs === 3) reached.emit('done');
      return runs === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    },
  });
  repeated.start();
  await done;
  await repeated.close();
  expect(runs).toBeGreaterThanOrEqual(3);
});
