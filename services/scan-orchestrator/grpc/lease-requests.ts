import type { HoldRequest, HoldRequest_Acquire } from '#proto/rotor_driver';

const HEARTBEAT_MS = 1_000;

/** The requests of one lease's stream: acquire, then a heartbeat every second, then release. */
export interface LeaseRequests {
  stream: AsyncIterable<HoldRequest>;
  /** The last message; the stream ends after it. */
  release(): void;
  /** Ends the stream without a word. */
  end(): void;
}

export function createLeaseRequests(acquire: HoldRequest_Acquire): LeaseRequests {
  const lease: { ending?: 'release' | 'silently' } = {};
  let wake: (() => void) | undefined;
  const end = (how: 'release' | 'silently') => {
    lease.ending ??= how;
    wake?.();
  };
  async function* stream(): AsyncGenerator<HoldRequest> {
    yield { action: { $case: 'acquire', value: acquire } };
    while (!lease.ending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, HEARTBEAT_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      // A heartbeat beside the release does no harm; the stream ends with the release.
      yield { action: { $case: 'heartbeat', value: {} } };
    }
    if (lease.ending === 'release') yield { action: { $case: 'release', value: {} } };
  }
  return { stream: stream(), release: () => end('release'), end: () => end('silently') };
}
