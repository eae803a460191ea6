import type { Api } from './api.ts';
import type { Interrupts } from './interrupts.ts';
import type { Stream } from './output.ts';
import type { ColourDepth } from './terminal/colour-depth.ts';

/** Keys as they are pressed. */
export interface Keyboard {
  /** Every key goes to the listener, Ctrl-C as `\u0003`; returns what ends that. */
  listen(listener: (key: string) => void): () => void;
}

/** What the outside gives. */
export interface Environment {
  env: NodeJS.ProcessEnv;
  out: Stream;
  err: Stream;
  interrupts: Interrupts;
  /** Undefined: nobody can be asked. */
  keyboard?: Keyboard | undefined;
}

/** What a command works with. */
export interface Context extends Environment {
  /** Ctrl-C, for commands that have nothing to ask. */
  interrupted: AbortSignal;
  /** Made when it is asked for: `--help` needs no server and no environment. */
  api: () => Api;
  /** What `out` can show. */
  colours: ColourDepth;
}

/** Ctrl-C, and what it means for what was going on. */
export class CancelledError extends Error {}

/** The command was left, and what it started goes on. */
export class DetachedError extends Error {}
