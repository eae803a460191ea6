import { expect, test } from 'vitest';
import type { DependencyState } from '#contract/rest/health';
import type { HealthReport } from '../lib/health-watch.ts';
import { troubleOf } from './trouble.ts';

const AWAY = { state: 'away', message: 'cannot be reached' } as const;
const impaired = (message: string) => ({ state: 'impaired', message }) as const;

/** What `/health` reports; a service that is not named is well. */
function health(wrong: Record<string, typeof AWAY | ReturnType<typeof impaired>>): HealthReport {
  const report = {
    dependencies: {} as Record<string, string>,
    states: {} as Record<string, DependencyState>,
  };
  for (const name of ['orchestrator', 'database', 'mqtt', 'rotor_driver']) {
    const { state, message } = wrong[name] ?? { state: 'ok', message: 'ok' };
    report.states[name] = state;
    report.dependencies[name] = message;
  }
  return report;
}
const SILENT = 5_000;

test.each([
  ['the connection is lost', 'waiting', undefined, 'unknown', /^The connection to Sky Scan is lost\. Check/],
  [
    'the connection is lost and the gateway is away',
    'waiting',
    { unreachable: 'Sky Scan does not answer' },
    'unknown',
    /^The connection to Sky Scan is lost\. Check/,
  ],
  [
    'the connection was given up and the gateway is well',
    'waiting',
    health({}),
    'unknown',
    /^The connection to Sky Scan is lost\. Check/,
  ],
  [
    'the connection was given up because the database is away',
    'waiting',
    health({ database: AWAY }),
    'late',
    /^the database cannot be reached\. Check .*DATABASE_URL/,
  ],
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
    health({ orchestrator: AWAY, mqtt: AWAY }),
    'unknown',
    /^scan-orchestrator cannot be reached\. Check .*ORCHESTRATOR_ADDRESS/,
  ],
  [
    'the orchestrator may not publish',
    'live',
    health({ orchestrator: impaired('what it publishes does not come through') }),
    'late',
    /^scan-orchestrator: what it publishes/,
  ],
  [
    'the database is away',
    'live',
    health({ database: AWAY }),
    'late',
    /^the database cannot be reached\. Check .*DATABASE_URL/,
  ],
  [
    'the database is not ready',
    'live',
    health({ database: impaired('it is being prepared') }),
    'late',
    /^the database: it is/,
  ],
  [
    'the broker is away',
    'live',
    health({ mqtt: AWAY }),
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
  expect(troubleOf('loading', SILENT, health({ orchestrator: AWAY }))).toBeUndefined();
});

test('while points come nothing is unknown; without a broker they still come late', () => {
  expect(troubleOf('live', 0, { unreachable: 'Sky Scan does not answer' })).toBeUndefined();
  expect(troubleOf('live', 0, health({ orchestrator: AWAY }))).toBeUndefined();
  expect(troubleOf('live', 0, health({ database: AWAY }))).toBeUndefined();
  expect(troubleOf('live', 0, health({ mqtt: AWAY }))?.effect).toBe('late');
});
