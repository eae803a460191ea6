import { expect, test } from 'vitest';
import { createRepeatFilter, fatalMessage, postgresNotice, serviceNotice } from './log-summary.ts';

const line = (entry: object) => JSON.stringify({ time: 'now', service: 'x', ...entry });

test.each([
  ['info is not shown', line({ level: 30, msg: 'ready' }), undefined],
  ['a warning', line({ level: 40, msg: 'broker is away' }), { level: 'warning', text: 'broker is away' }],
  [
    'a warning with the error as text',
    line({ level: 40, msg: 'MQTT', err: 'refused' }),
    { level: 'warning', text: 'MQTT: refused' },
  ],
  [
    'an error with its stack',
    line({ level: 50, msg: 'unexpected error', err: { message: 'x is not a function', stack: 'at ...' } }),
    { level: 'error', text: 'unexpected error: x is not a function' },
  ],
  [
    'an error whose message pino also logs as msg',
    line({ level: 50, msg: 'refused', err: { message: 'refused' } }),
    { level: 'error', text: 'refused' },
  ],
  [
    'a reason and the rotor',
    line({ level: 40, rotor: 1, reason: 'no connection', msg: 'stop failed' }),
    { level: 'warning', text: 'rotor 1: stop failed: no connection' },
  ],
  [
    'a message that already names its session',
    line({ level: 50, session: 7, msg: 'session 7: 3 points are damaged' }),
    { level: 'error', text: 'session 7: 3 points are damaged' },
  ],
  ['text that is not JSON', 'Debugger listening', undefined],
  ['truncated JSON', '{"level":50,"msg":"to', undefined],
  ['JSON that is not a log entry', '{"a":1}', undefined],
])('%s', (_name, text, notice) => {
  expect(serviceNotice(text)).toEqual(notice);
});

test('the fatal message is the one of level fatal', () => {
  expect(fatalMessage(line({ level: 60, msg: 'cannot start' }))).toBe('cannot start');
  expect(fatalMessage(line({ level: 60, msg: 'unexpected error', err: { message: 'boom' } }))).toBe(
    'unexpected error: boom',
  );
  expect(fatalMessage('Error: ENOENT: no such file')).toBe('Error: ENOENT: no such file');
  expect(fatalMessage('Error [ERR_MODULE_NOT_FOUND]: Cannot find')).toContain('Cannot find');
  expect(fatalMessage(line({ level: 50, msg: 'an error' }))).toBeUndefined();
  expect(fatalMessage('    at readFileSync (node:fs:448:20)')).toBeUndefined();
});

test('PostgreSQL: only messages that its clients do not receive', () => {
  expect(postgresNotice('PANIC:  could not write: No space left')).toEqual({
    level: 'error',
    text: 'could not write: No space left',
  });
  expect(postgresNotice('ERROR:  duplicate key value')).toBeUndefined();
});

test('a notice is shown again after the quiet time', () => {
  let now = 0;
  const isNew = createRepeatFilter(1_000, () => now);
  expect(isNew('a')).toBe(true);
  expect(isNew('b')).toBe(true);
  now = 999;
  expect(isNew('a')).toBe(false);
  now = 1_000;
  expect(isNew('a')).toBe(true);
});

test('the filter forgets the oldest notices', () => {
  const isNew = createRepeatFilter(1_000, () => 0);
  for (let n = 0; n <= 100; n++) isNew(`notice ${n}`);
  expect(isNew('notice 0')).toBe(true);
  expect(isNew('notice 100')).toBe(false);
});
