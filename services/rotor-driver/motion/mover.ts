import { errorKind, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { RotctldClient } from './rotctld-client.ts';
import type { Cable } from './cable.ts';
import type { Clearance } from './clearance.ts';
import { DisturbedError, needsStop, ReplacedError } from './endings.ts';
import type { Trial } from './leg.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';
import type { Sentry } from './sentry.ts';
import { sleepUntil } from './sleep-until.ts';
import { slewTo, type Arrived } from './slew.ts';
import type { Stopper } from './stopper.ts';

/** How a rotor is slewed. */
export interface HowToSlew {
  trial?: Trial | undefined;
  /** Returns as soon as it is certain when the mount will have settled, instead of then. */
  announced?: boolean;
}

/** How a rotor is driven. */
interface Drive extends HowToSlew {
  /** Only from where it was left. */
  guarded: boolean;
  /** Another move is under way, and this one takes over from it. */
  replaces?: boolean;
  onSent?: (from: Observed) => void;
}

export interface MoverParts {
  client: RotctldClient;
  clearance: Clearance;
  permit: (rotor: RotorConfig) => RotorConfig;
  readings: Readings;
  sentry: Sentry;
  stopper: Stopper;
  cable: Cable;
  logger: Logger;
  life: AbortSignal;
  /** The readback is not to be trusted, or the rotor moves without a command: the lease is over. */
  onDisturbed: (reason: string) => void;
  /** A move has begun, or is over. */
  onChanged: () => void;
}

/** Drives one rotor, one move at a time, and never leaves it moving unwatched. */
export class Mover {
  readonly #parts: MoverParts;
  /** The move that is under way; aborting it ends it. */
  #motion: AbortController | undefined;
  #isParking = false;

  constructor(parts: MoverParts) {
    this.#parts = parts;
  }

  get isMoving(): boolean {
    return this.#motion !== undefined;
  }

  /** The last move leads to the park pointing. */
  get isParking(): boolean {
    return this.#isParking;
  }

  /** Ends the move that is under way. */
  end(reason: unknown): void {
    this.#motion?.abort(reason);
  }

  /**
   * Moves under a lease; throws what `slewTo` throws. The rotor has been stopped then, as far as it
   * can be reached.
   */
  slew(rotor: RotorConfig, target: Pointing, signal: AbortSignal, how: HowToSlew): Promise<Arrived> {
    return this.#drive(rotor, target, signal, { ...how, guarded: true });
  }

  /**
   * Moves by hand, in place of a move that is under way; returns when the command was sent, and
   * watches the move until it ends.
   */
  moveByHand(rotor: RotorConfig, target: Pointing): Promise<Observed> {
    const { life, logger } = this.#parts;
    const replaces = this.isMoving;
    this.end(new ReplacedError());
    return new Promise((resolve) => {
      const onSent = (from: Observed) => resolve({ ...from, moving: true });
      const arrival = this.#drive(rotor, target, life, { guarded: false, replaces, onSent });
      arrival.catch((error: unknown) => {
        resolve(arrival);
        const entry = { rotor: rotor.id, reason: errorMessage(error) };
        if (isWanted(error)) logger.info(entry, 'move by hand ended');
        else logger.warn(entry, 'move by hand failed');
      });
    });
  }

  async #drive(config: RotorConfig, target: Pointing, signal: AbortSignal, how: Drive): Promise<Arrived> {
    const { guarded, replaces = false, onSent, trial, announced } = how;
    const { client, clearance, permit, readings, sentry, stopper, cable, onDisturbed, onChanged } =
      this.#parts;
    const motion = new AbortController();
    this.#motion = motion;
    this.#isParking = isPark(config, target);
    onChanged();
    const progress = { sent: false };
    try {
      const rotor = trial ? permit(trial.rotor) : config;
      const rig = { client, readings, rotor, trial, sunFor: clearance.sunFor };
      const both = AbortSignal.any([signal, motion.signal]);
      const readback = await slewTo(rig, target, both, {
        onStart: async (from) => {
          const disturbance = await sentry.disturbance(from, both);
          // Whoever moves by hand sees where it points; the holder before hears of it when it comes
          // back.
          if (disturbance && !guarded) sentry.reportLater(disturbance);
          else if (disturbance) throw disturbance;
        },
        onProgress: (readback, setpoint) => sentry.movesTo(setpoint, readback),
        onSending: (from, setpoint) => {
          stopper.endUnattended();
          sentry.movesTo(setpoint, from);
          // Once: a move may take several legs, and a second try.
          if (!progress.sent) readings.apply({ kind: 'told', setpoint: target });
          progress.sent = true;
        },
        onSent: (from) => onSent?.(from),
      });
      if (!announced) await sleepUntil(readback.settledAtMs, both);
      sentry.arrived(readback, target);
      if (!guarded) cable.confirmTurn();
      return readback;
    } catch (error) {
      this.#over(motion);
      if (error instanceof DisturbedError) onDisturbed(error.message);
      const leftAlone = replaces && !progress.sent && !(error instanceof ReplacedError);
      if (leftAlone || needsStop(error, progress.sent)) await this.#stopAfter(error);
      throw error;
    } finally {
      this.#over(motion);
      onChanged();
    }
  }

  #over(motion: AbortController): void {
    if (this.#motion !== motion) return;
    this.#motion = undefined;
    this.#parts.readings.apply({ kind: 'heads', target: undefined });
  }

  async #stopAfter(error: unknown): Promise<void> {
    const { stopper } = this.#parts;
    try {
      await stopper.halt();
    } catch {
      stopper.stopUnattended(errorMessage(error));
    }
  }
}

export function isPark({ park }: RotorConfig, target: Pointing): boolean {
  return axisDistanceDeg(park, target) === 0;
}

/** Somebody ended the move: by `stop`, by another move. */
function isWanted(error: unknown): boolean {
  const kind = errorKind(error);
  return kind === 'cancelled' || kind === 'lease_lost';
}
