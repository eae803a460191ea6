import type { Api } from './api.ts';
import type { Stream } from './output.ts';

/** What the outside gives. */
export interface World {
  env: NodeJS.ProcessEnv;
  out: Stream;
  err: Stream;
  /** Ctrl-C. */
  interrupted: AbortSignal;
}

/** What a command works with. */
export interface Context extends Pick<World, 'out' | 'err' | 'interrupted'> {
  /** Made when it is asked for: `--help` needs no server and no environment. */
  api: () => Api;
}

/** Ctrl-C, and what it means for what was going on. */
export class CancelledError extends Error {}
