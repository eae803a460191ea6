import { SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { NotNowError } from '../domain/way.ts';
import { heldBy } from './keeper.ts';
import type { Holder } from '../domain/lease.ts';
import type { Clearance } from './clearance.ts';
import { isPark } from './mover.ts';

export const CLOSING = 'rotor-driver is shutting down';

export interface AdmissionParts {
  clearance: Clearance;
  /** Who holds the rotor. */
  holder: () => Holder | undefined;
  isMoving: () => boolean;
}

/** Who may use one rotor now. */
export class Admission {
  readonly #parts: AdmissionParts;
  #isClosed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** rotor-driver shuts down: nothing is admitted any more. */
  close(): void {
    this.#isClosed = true;
  }

  checkOpen(): void {
    if (this.#isClosed) throw new SkyScanError('unavailable', CLOSING);
  }

  /** Throws `busy` while another party holds the rotor. */
  checkNotLeased(): void {
    this.checkOpen();
    const holder = this.#parts.holder();
    if (holder !== undefined) throw heldBy(holder);
  }

  /** Throws `busy` while another party holds the rotor or moves it by hand. */
  checkFree(): void {
    this.checkNotLeased();
    if (this.#parts.isMoving()) throw new SkyScanError('busy', 'the rotor is moving by hand');
  }

  /** Wind and rain leave one move: the one to the park pointing. Throws `NotNowError`. */
  checkNotSuspended(config: RotorConfig, target: Pointing): void {
    const reason = this.#parts.clearance.suspended();
    if (reason !== undefined && !isPark(config, target))
      throw new NotNowError(`moves are suspended, except to the park pointing: ${reason}`);
  }
}
