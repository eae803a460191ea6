import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createGatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

test('a gateway that reaches the site takes over from one that does not', async () => {
  const world = await createGatewayWorld();
  onTestFinished(() => world.close());
  await world.gateway.close();
  world.orchestrator.identity = { id: 'pi', run: '1' };
  const gateways = await Promise.all(
    [1, 2].map(async (number) => {
      const site = await startTcpProxy({ targetPort: Number(world.orchestrator.address.split(':')[1]) });
      onTestFinished(() => site.close());
      const id = `gateway-${number}`;
      const gateway = await world.startGateway({ GATEWAY_ID: id, ORCHESTRATOR_ADDRESS: site.address });
      onTestFinished(() => gateway.close());
      return { id, gateway, site };
    }),
  );
  const database = new Client(world.database.url);
  await database.connect();
  onTestFinished(() => database.end());
  const ownerOf = async () => {
    const { rows } = await database.query<{ gateway_id: string }>('select gateway_id from site_claims');
    return gateways.find(({ id }) => id === rows[0]?.gateway_id);
  };
  const [{ gateway } = { gateway: world.gateway }] = gateways;
  const scan = await startTestScan({ ...world, gateway });
  await scan.setStatus('running');
  await scan.measure(1);
  await scan.untilStored(1, gateway);
  const owner = await until('an owner', ownerOf);
  owner.site.setCondition({ kind: 'refuse' });
  await until('the other one is the owner', async () => (await ownerOf())?.id !== owner.id);
  await scan.measure(1);
  await scan.untilStored(2, gateway);
  expect(await scan.seqs(gateway)).toEqual(upTo(2));
});
