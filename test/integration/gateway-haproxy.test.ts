import { expect, test } from 'vitest';
import { createGatewayWorld, gatewayAt } from '../support/gateway-harness.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { openSocket, seqsOf } from '../support/gateway-sockets.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { startHaproxy } from '../support/proxies.ts';
import { until } from '../support/until.ts';

// The example of docs/deploy.md in the real HAProxy, unchanged except for the addresses.

describeWithPrograms(['haproxy'], 'two gateways behind HAProxy', () => {
  test('serve pages, REST and WebSockets, also when one of them stops', async ({ onTestFinished }) => {
    const world = await createGatewayWorld({ TRUST_PROXY: 'loopback' });
    onTestFinished(() => world.close());
    const second = await world.startGateway({ GATEWAY_ID: 'second' });
    onTestFinished(() => second.close());
    const proxy = await startHaproxy([world.gateway.port, second.port]);
    onTestFinished(() => proxy.close());
    const front = gatewayAt('127.0.0.1', proxy.port, () => Promise.resolve());
    await until('a gateway is ready', async () => (await front.get('/ready')).status === 200);
    expect((await front.get('/')).text).toContain('<div id="app">');

    const scan = await startTestScan({ ...world, gateway: front });
    const sockets = await Promise.all(
      [1, 2].map(() => openSocket(`ws://127.0.0.1:${proxy.port}/ws/skyscan/${scan.id}?after=0`)),
    );
    await scan.setStatus('running');
    await scan.measure(3);
    for (const socket of sockets) await until('three points', () => seqsOf(socket).length === 3);

    await world.gateway.close();
    await until('one viewer is disconnected', async () => {
      const ends = sockets.map(({ closed }) => Promise.race([closed, Promise.resolve(undefined)]));
      return (await Promise.all(ends)).filter(Boolean).length === 1;
    });
    const again = await openSocket(`ws://127.0.0.1:${proxy.port}/ws/skyscan/${scan.id}?after=0`);
    await scan.measure(2);
    await until('five points', () => seqsOf(again).length === 5);
    expect(seqsOf(again)).toEqual(upTo(5));
    expect((await front.get(`/api/skyscan/${scan.id}`)).status).toBe(200);
    await scan.setStatus('cancelled');
    await scan.untilStatus('cancelled', front);
  });
});
