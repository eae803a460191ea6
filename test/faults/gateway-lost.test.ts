import { afterAll, beforeAll, test } from 'vitest';
import { callApi } from '../support/stack-client.ts';
import { until } from '../support/until.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// A manual move or a park lasts as long as the gateway that started it.

let watched: WatchedStack;

beforeAll(async () => {
  const simulator = { SIM_AZ_SPEED_DEG_S: '6', SIM_EL_SPEED_DEG_S: '6' };
  const rotor = { az_speed_deg_s: 6, el_speed_deg_s: 6, park_az: 340, park_el: 20 };
  watched = await startWatchedStack({ simulator }, rotor);
});

afterAll(() => watched.stop());

/** Expects that a stop reaches rotctld after `lose`, before the rotor has arrived. */
async function expectStop<T>(lose: () => T): Promise<T> {
  const { rotctld } = watched;
  await until('motion', () => watched.moving());
  const before = rotctld.commands.length;
  const lost = lose();
  await until('a stop', () => rotctld.commands.slice(before).some(({ target }) => target === undefined));
  await until('the rotor rests', async () => !(await watched.moving()));
  return lost;
}

test('a manual move stops when the gateway is killed, and a park when it freezes', async () => {
  const { stack, rotorId } = watched;
  const rotor = `/api/rotors/${rotorId}`;
  await callApi(stack, 'POST', `${rotor}/move`, { azimuth: 200, elevation: 30 });
  // It answers requests before the launcher has its process id, which the freeze needs.
  await expectStop(() => stack.kill('api-gateway'));
  await until('the gateway is back', async () => {
    const answer = await stack.api('POST', `${rotor}/park`).catch(() => undefined);
    return answer?.status === 202 || answer?.status === 200;
  });
  await expectStop(() => stack.freeze('api-gateway'));
  stack.thaw('api-gateway');
});
