import { until } from '../support/until.ts';
import type { Scene } from './fault.ts';

/** Switches faults of the simulator on or off. */
export async function setFaults({ stage }: Scene, change: object): Promise<void> {
  // The simulator may be dead for a moment by another fault.
  await until('the simulator takes its faults', async () => {
    const { status } = await stage.stack.simulator('POST', '/faults', change);
    return status === 200;
  });
}
