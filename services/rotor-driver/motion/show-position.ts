import { sleep } from '#shared/runtime/waiting';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { Shown } from './readings.ts';

const APART_MS = 200;

/**
 * Publishes readbacks, at most five a second, one at a time, always the newest; the last one is
 * never left out. A broker that is away loses what came meanwhile. Never throws, never waits.
 */
export function createPositionShow(
  publish: (message: PositionMessage) => Promise<void>,
): (shown: Shown) => void {
  let newest: Shown | undefined;
  let publishing = false;

  async function publishNewest(): Promise<void> {
    while (newest) {
      const message = toMessage(newest);
      newest = undefined;
      await publish(message).catch(() => undefined);
      await sleep(APART_MS);
    }
    publishing = false;
  }

  return (shown) => {
    newest = shown;
    if (publishing) return;
    publishing = true;
    void publishNewest();
  };
}

function toMessage({ pointing, moving, setpoint, unixMs }: Shown): PositionMessage {
  return {
    azimuth: pointing.azimuthDeg,
    elevation: pointing.elevationDeg,
    moving,
    setpoint: setpoint ? { azimuth: setpoint.azimuthDeg, elevation: setpoint.elevationDeg } : null,
    timestamp: new Date(unixMs).toISOString(),
  };
}
