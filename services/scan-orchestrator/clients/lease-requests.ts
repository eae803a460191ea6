import type { HoldRequest, HoldRequest_Acquire } from '#proto/rotor_driver';

const HEARTBEAT_MS = 1_000;

/** The request stream of one lease: acquire, a heartbeat every second, release. */
export interface LeaseRequests {
  stream: AsyncIterable<HoldRequest>;
  /** Sends the release, then ends the stream. */
  release(): void;
  /** Ends the stream without a release. */
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
      // The extra heartbeat before a release is harmless.
      yield { action: { $case: 'heartbeat', value: {} } };
    }
    if (lease.ending === 'release') yield { action: { $case: 'release', value: {} } };
  }
  return { stream: stream(), release: () => end('release'), end: () => end('silently') };
}
