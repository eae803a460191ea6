import type { LiveMessage } from '../public-api.ts';

/** How a scan that is watched is shown. */
export interface Display {
  onMessage(message: LiveMessage): void;
  /** How the connection is; undefined: well. */
  onConnection(trouble: string | undefined): void;
  /** Asks, until there is another question or undefined. */
  ask(question: string | undefined): void;
  close(): void;
}
