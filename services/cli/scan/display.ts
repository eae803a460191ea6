import type { DetailedSessionMessage } from '#contract/live/session-messages';

/** The view of a watched scan. */
export interface Display {
  onMessage(message: DetailedSessionMessage): void;
  /** State of the connection; undefined: connected. */
  onConnection(trouble: string | undefined): void;
  /** Shows a question; undefined removes it. */
  ask(question: string | undefined): void;
  close(): void;
}
