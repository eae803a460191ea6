import { sleep } from '#shared/waiting';
import type { PositionMessage } from '#shared/mqtt-messages';
import type { Observed } from './readings.ts';

const APART_MS = 200;

/**
 * Publishes readbacks, at most five a second, one at a time, always the newest; the last one is never left out. A broker that is
 * away loses what came meanwhile. Never throws, never waits.
 */
export function createPositionShow(
  publish: (message: PositionMessage) => Promise<void>,
): (observed: Observed) => void {
  let newest: Observed | undefined;
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

  return (observed) => {
    newest = observed;
    if (publishing) return;
    publishing = true;
    void publishNewest();
  };
}

function toMessage({ pointing, moving, unixMs }: Observed): PositionMessage {
  return {
    azimuth: pointing.azimuthDeg,
    elevation: pointing.elevationDeg,
    moving,
    timestamp: new Date(unixMs).toISOString(),
  };
}
