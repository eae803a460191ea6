import { until } from '../support/until.ts';
import type { FaultContext } from './fault.ts';

/** Switches simulator faults on or off. */
export async function setFaults({ fixture }: FaultContext, change: object): Promise<void> {
  // Another fault may have just killed the simulator.
  await until('the simulator takes its faults', async () => {
    const { status } = await fixture.stack.simulator('POST', '/faults', change);
    return status === 200;
  });
}
