import type { Pointing } from '#shared/sky/pointing';
import type { Signal } from './signal.ts';

/** A point source in the sky or on the ground. */
export interface Source {
  name: string;
  kind: 'sun' | 'satellite' | 'emitter';
  /** Constant, or at a Unix time, milliseconds; undefined: below the horizon. */
  seen: Seen | ((unixMs: number) => Seen | undefined);
  /** Empty: noise that is equally strong in the whole band. */
  signals: readonly Signal[];
}

/** How a source is received. */
export interface Seen {
  pointing: Pointing;
  /** Received power with the antenna pointed at it, all its signals on. */
  levelDbm: number;
}

export function seenAt({ seen }: Source, unixMs: number): Seen | undefined {
  return typeof seen === 'function' ? seen(unixMs) : seen;
}
