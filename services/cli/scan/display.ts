import type { DetailedSessionMessage } from '#contract/live/session-messages';

/** How a scan that is watched is shown. */
export interface Display {
  onMessage(message: DetailedSessionMessage): void;
  /** How the connection is; undefined: well. */
  onConnection(trouble: string | undefined): void;
  /** Asks, until there is another question or undefined. */
  ask(question: string | undefined): void;
  close(): void;
}
