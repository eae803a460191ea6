import { expect, test } from 'vitest';
import { troubleOf } from './trouble.ts';

const OK = { orchestrator: 'ok', database: 'ok', mqtt: 'ok', rotor_driver: 'ok' };
const health = (change: object) => ({ dependencies: { ...OK, ...change } });
const SILENT = 5_000;

test.each([
  ['the connection is lost', 'waiting', undefined, 'unknown', /^The connection to Sky Scan is lost\. Check/],
  ['a key is asked for', 'refused', undefined, 'unknown', /API key/],
  [
    'the gateway is silent',
    'live',
    { unreachable: 'Sky Scan does not answer' },
    'unknown',
    /does not answer\. Check the network/,
  ],
  [
    'the orchestrator is away',
    'live',
    health({ orchestrator: 'cannot be reached', mqtt: 'cannot be reached' }),
    'unknown',
    /^scan-orchestrator cannot be reached\. Check .*ORCHESTRATOR_ADDRESS/,
  ],
  [
    'the orchestrator may not publish',
    'live',
    health({ orchestrator: 'what it publishes does not come through' }),
    'late',
    /^scan-orchestrator: what it publishes/,
  ],
  [
    'the database is away',
    'live',
    health({ database: 'cannot be reached' }),
    'late',
    /^the database cannot be reached\. Check .*DATABASE_URL/,
  ],
  [
    'the database is not ready',
    'live',
    health({ database: 'it is being prepared' }),
    'late',
    /^the database: it is/,
  ],
  [
    'the broker is away',
    'live',
    health({ mqtt: 'cannot be reached' }),
    'late',
    /^the MQTT broker cannot be reached\. Check .*MQTT_URL/,
  ],
] as const)('%s', (_what, phase, report, effect, reason) => {
  expect(troubleOf(phase, SILENT, report)).toEqual({
    effect,
    reason: expect.stringMatching(reason) as string,
  });
});

test('nothing is wrong: not asked, all well, still loading', () => {
  expect(troubleOf('live', SILENT, undefined)).toBeUndefined();
  expect(troubleOf('live', SILENT, health({}))).toBeUndefined();
  expect(troubleOf('loading', SILENT, health({ orchestrator: 'cannot be reached' }))).toBeUndefined();
});

test('while points come nothing is unknown; without a broker they still come late', () => {
  expect(troubleOf('live', 0, { unreachable: 'Sky Scan does not answer' })).toBeUndefined();
  expect(troubleOf('live', 0, health({ orchestrator: 'cannot be reached' }))).toBeUndefined();
  expect(troubleOf('live', 0, health({ database: 'cannot be reached' }))).toBeUndefined();
  expect(troubleOf('live', 0, health({ mqtt: 'cannot be reached' }))?.effect).toBe('late');
});
