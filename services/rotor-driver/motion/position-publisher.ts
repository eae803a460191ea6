import { sleep } from '#shared/runtime/waiting';
import type { PositionMessage } from '#contract/mqtt-messages';
import type { PublishedPosition } from './readings.ts';

const INTERVAL_MS = 200;

/**
 * Publishes readbacks, at most five per second, always the newest and always the last one. While
 * the broker is unreachable, readbacks are dropped. The returned function neither throws nor waits.
 */
export function createPositionPublisher(
  publish: (message: PositionMessage) => Promise<void>,
): (position: PublishedPosition) => void {
  let newest: PublishedPosition | undefined;
  let publishing = false;

  async function publishNewest(): Promise<void> {
    while (newest) {
      const message = toMessage(newest);
      newest = undefined;
      await publish(message).catch(() => undefined);
      await sleep(INTERVAL_MS);
    }
    publishing = false;
  }

  return (position) => {
    newest = position;
    if (publishing) return;
    publishing = true;
    void publishNewest();
  };
}

function toMessage({ pointing, moving, setpoint, unixMs }: PublishedPosition): PositionMessage {
  return {
    azimuth: pointing.azimuthDeg,
    elevation: pointing.elevationDeg,
    moving,
    setpoint: setpoint ? { azimuth: setpoint.azimuthDeg, elevation: setpoint.elevationDeg } : null,
    timestamp: new Date(unixMs).toISOString(),
  };
}
