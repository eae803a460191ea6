/** Detects that another client uses the same id at the broker. */
export interface TakeoverWatch {
  connected(): void;
  closed(): void;
  /** Describes the problem; undefined if there is none. */
  trouble(): string | undefined;
}

const SHORT_MS = 5_000;
const MIN_SHORT = 3;

/**
 * A broker closes the older of two connections with the same id. Two clients that reconnect then
 * close each other's connection again and again, and neither receives much.
 */
export function createTakeoverWatch(id: string, nowMs: () => number): TakeoverWatch {
  let connectedAtMs: number | undefined;
  let short = 0;
  return {
    connected: () => void (connectedAtMs = nowMs()),
    closed() {
      if (connectedAtMs === undefined) return; // an attempt that failed
      short = nowMs() - connectedAtMs < SHORT_MS ? short + 1 : 0;
      connectedAtMs = undefined;
    },
    trouble() {
      const holds = connectedAtMs !== undefined && nowMs() - connectedAtMs >= SHORT_MS;
      if (holds || short < MIN_SHORT) return undefined;
      return `the broker has closed the last ${short} connections within seconds: another gateway probably has the same id ${id}; GATEWAY_ID must be unique`;
    },
  };
}
