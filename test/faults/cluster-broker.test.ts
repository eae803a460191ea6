import { expect, test } from 'vitest';
import { startNatsCluster } from '../support/nats-cluster.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { startTestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { addRotor, expectComplete, startScan, TOTAL, untilPoints } from '../support/whole-scan.ts';
import { watchAsViewer } from './observers.ts';

describeWithPrograms(['nats-server'], 'with a broker of three NATS nodes', () => {
  test('a scan loses no point when each node is killed in turn', async ({ onTestFinished }) => {
    const cluster = await startNatsCluster();
    onTestFinished(() => cluster.close());
    const stack = await startTestStack({ mqttUrl: cluster.url });
    onTestFinished(() => stack.stop());
    const id = await startScan(stack, await addRotor(stack, { settle_ms: 150 }));
    const viewer = watchAsViewer(stack, id);
    onTestFinished(() => viewer.close());
    for (const node of [0, 1, 2]) {
      await untilPoints(stack, id, 10 + 15 * node);
      await cluster.kill(node);
      await untilPoints(stack, id, 20 + 15 * node);
      await cluster.restart(node);
    }
    await expectComplete(stack, id);
    const all = Array.from({ length: TOTAL }, (_, index) => index + 1);
    await until('the viewer has every point', () => viewer.seqs.length >= TOTAL);
    expect(viewer.seqs).toEqual(all);
  });
});
