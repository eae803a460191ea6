import type { Api } from './api.ts';
import type { Interrupts } from './interrupts.ts';
import type { Stream } from './output.ts';
import type { ColourDepth } from './terminal/colour-depth.ts';

/** Key presses. */
export interface Keyboard {
  /** Passes every key to the listener, Ctrl-C as `\u0003`; returns a function that stops it. */
  listen(listener: (key: string) => void): () => void;
}

/** What the process provides. */
export interface Environment {
  env: NodeJS.ProcessEnv;
  out: Stream;
  err: Stream;
  interrupts: Interrupts;
  /** Undefined: not a terminal, no questions. */
  keyboard?: Keyboard | undefined;
}

/** What a command works with. */
export interface Context extends Environment {
  /** Fires on Ctrl-C, for commands that ask nothing. */
  interrupted: AbortSignal;
  /** Created on demand: `--help` needs neither server nor environment. */
  api: () => Api;
  /** Colours that `out` supports. */
  colours: ColourDepth;
}

/** Cancelled with Ctrl-C; the message states the consequence. */
export class CancelledError extends Error {}

/** The command ended, and what it started is still running. */
export class DetachedError extends Error {}
