import { expect, onTestFinished, test } from 'vitest';
import { createGatewayWorld, gatewayAt } from '../support/gateway-harness.ts';
import { pointsStoredBy, startTestScan, upTo } from '../support/gateway-scan.ts';
import { openSocket, seqsOf } from '../support/gateway-sockets.ts';
import { startServiceProcess } from '../support/service-process.ts';

test('a gateway takes over within 12 s from one that was killed', async () => {
  const world = await createGatewayWorld();
  onTestFinished(() => world.close());
  await world.gateway.close();
  const env = {
    DATABASE_URL: world.database.url,
    MQTT_URL: world.broker.url,
    ORCHESTRATOR_ADDRESS: world.orchestrator.address,
    ROTOR_DRIVER_ADDRESS: world.driver.address,
  };
  const owner = await startServiceProcess('api-gateway', { ...env, HTTP_PORT: '0', GATEWAY_ID: 'killed' });
  onTestFinished(() => owner.kill('SIGKILL'));
  const first = gatewayAt('127.0.0.1', owner.facts?.port ?? 0, () => Promise.resolve());
  const second = await world.startGateway({ GATEWAY_ID: 'next' });
  onTestFinished(() => second.close());
  const scan = await startTestScan({ ...world, gateway: first });
  const socket = await openSocket(`${second.wsUrl}/ws/skyscan/${scan.id}?after=0`);
  await scan.setStatus('running');
  await scan.measure(3);
  await scan.untilStored(3, first);
  expect([await pointsStoredBy(first), await pointsStoredBy(second)]).toEqual([3, 0]);
  owner.kill('SIGKILL');
  const killedMs = performance.now();
  await scan.measure(3);
  await scan.untilStored(6, second);
  const tookMs = performance.now() - killedMs;
  expect(tookMs).toBeLessThan(12_000);
  await scan.measure(1);
  await scan.setStatus('cancelled');
  await socket.closed;
  expect(seqsOf(socket)).toEqual(upTo(7));
});
