import { expect, test } from 'vitest';
import type { DependencyState } from '#contract/rest/health';
import type { HealthReport } from '../lib/health-watch.ts';
import { outageOf } from './outage.ts';

const AWAY = { state: 'away', message: 'cannot be reached' } as const;
const impaired = (message: string) => ({ state: 'impaired', message }) as const;

/** A report of `/health` in which the other services are ok. */
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
    'the connection is lost and the gateway does not answer',
    'waiting',
    { unreachable: 'Sky Scan does not answer' },
    'unknown',
    /^The connection to Sky Scan is lost\. Check/,
  ],
  [
    'the connection was given up while the gateway is healthy',
    'waiting',
    health({}),
    'unknown',
    /^The connection to Sky Scan is lost\. Check/,
  ],
  [
    'the connection was given up because the database cannot be reached',
    'waiting',
    health({ database: AWAY }),
    'late',
    /^the database cannot be reached\. Check .*DATABASE_URL/,
  ],
  ['the API requires a key', 'refused', undefined, 'unknown', /API key/],
  [
    'the gateway stops responding',
    'live',
    { unreachable: 'Sky Scan does not answer' },
    'unknown',
    /does not answer\. Check the network/,
  ],
  [
    'the orchestrator cannot be reached',
    'live',
    health({ orchestrator: AWAY, mqtt: AWAY }),
    'unknown',
    /^scan-orchestrator cannot be reached\. Check .*ORCHESTRATOR_ADDRESS/,
  ],
  [
    'the orchestrator is not allowed to publish',
    'live',
    health({ orchestrator: impaired('its messages do not arrive') }),
    'late',
    /^scan-orchestrator: its messages/,
  ],
  [
    'the database cannot be reached',
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
    'the broker cannot be reached',
    'live',
    health({ mqtt: AWAY }),
    'late',
    /^the MQTT broker cannot be reached\. Check .*MQTT_URL/,
  ],
] as const)('%s', (_what, phase, report, effect, reason) => {
  expect(outageOf(phase, SILENT, report)).toEqual({
    effect,
    reason: expect.stringMatching(reason) as string,
  });
});

test('no outage without a report, with a healthy report, or while loading', () => {
  expect(outageOf('live', SILENT, undefined)).toBeUndefined();
  expect(outageOf('live', SILENT, health({}))).toBeUndefined();
  expect(outageOf('loading', SILENT, health({ orchestrator: AWAY }))).toBeUndefined();
});

test('arriving points rule out an unknown state; without a broker they are late', () => {
  expect(outageOf('live', 0, { unreachable: 'Sky Scan does not answer' })).toBeUndefined();
  expect(outageOf('live', 0, health({ orchestrator: AWAY }))).toBeUndefined();
  expect(outageOf('live', 0, health({ database: AWAY }))).toBeUndefined();
  expect(outageOf('live', 0, health({ mqtt: AWAY }))?.effect).toBe('late');
});
