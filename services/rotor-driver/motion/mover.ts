import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { slewSeconds } from '#shared/sky/kinematics';
import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { allowTheSame } from '../domain/permit.ts';
import type { RotctldClient } from './rotctld-client.ts';
import type { AzimuthUnwrapper } from './azimuth-unwrapper.ts';
import type { MoveRestrictions } from './move-restrictions.ts';
import { DisturbedError, needsStop, ReplacedError } from './motion-errors.ts';
import type { MeasuredMove } from './leg.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';
import type { DisturbanceDetector } from './disturbance-detector.ts';
import { sleepUntil } from './sleep-until.ts';
import { slewTo, type Arrived } from './slew.ts';
import type { Stopper } from './stopper.ts';

/** Options of a slew. */
export interface SlewOptions {
  measuredMove?: MeasuredMove | undefined;
  /** Returns once the end of settling is certain, instead of at that time. */
  announced?: boolean;
}

/** Options of any move. */
interface DriveOptions extends SlewOptions {
  /** Fails if the rotor is not where it was left. */
  guarded: boolean;
  /** Replaces a move in progress. */
  replaces?: boolean;
  onSent?: (from: Readback) => void;
}

/** A manual move in progress. */
export interface ManualMove {
  /** The first readback, once the command was sent. */
  started: Promise<Readback>;
  /** Rejects if the move ends earlier, with the rotor stopped if it can be reached. */
  arrival: Promise<Arrived>;
}

/** A move that has ended. */
export interface EndedMove {
  /** `ended`: stopped, replaced, or without its lease; `refused`: before anything was sent. */
  result: 'arrived' | 'ended' | 'refused' | 'failed';
  seconds: number;
  /** What the configured motion and settling allow on the direct way; undefined: never started. */
  expectedSeconds: number | undefined;
}

export interface MoverParts {
  client: RotctldClient;
  restrictions: MoveRestrictions;
  permit: (rotor: RotorConfig) => RotorConfig;
  readings: Readings;
  detector: DisturbanceDetector;
  stopper: Stopper;
  unwrapper: AzimuthUnwrapper;
  logger: Logger;
  /** The readback cannot be trusted, or the rotor moved without a command: the lease ends. */
  onDisturbed: (reason: string) => void;
  /** A move has begun or ended. */
  onChanged: () => void;
  onMoveEnded: (rotorId: number, move: EndedMove) => void;
}

/** Executes the moves of one rotor, one at a time, and supervises each until its end. */
export interface Mover {
  readonly isMoving: boolean;
  /** The move in progress is to the park pointing. */
  readonly isParking: boolean;
  /** Ends the move in progress. */
  end(reason: unknown): void;
  /** Ends a move that began under other limits than the owner allows now. */
  checkPermit(config: RotorConfig): void;
  /**
   * Moves under a lease. Throws what `slewTo` throws, with the rotor stopped if it can be reached.
   */
  slew(rotor: RotorConfig, target: Pointing, signal: AbortSignal, options: SlewOptions): Promise<Arrived>;
  /**
   * Executes a manual move and supervises it until its end. It replaces a move in progress, which
   * the caller has ended with a `ReplacedError`: the rotor does not stop in between.
   */
  moveManually(rotor: RotorConfig, target: Pointing, signal: AbortSignal): ManualMove;
}

export function createMover(parts: MoverParts): Mover {
  const { client, restrictions, permit, readings, detector, stopper, unwrapper, logger } = parts;
  const { onDisturbed, onChanged, onMoveEnded } = parts;
  /** The move in progress, which its controller aborts. */
  let motion: { controller: AbortController; isParking: boolean } | undefined;

  function end(reason: unknown): void {
    motion?.controller.abort(reason);
  }

  async function drive(
    config: RotorConfig,
    target: Pointing,
    signal: AbortSignal,
    options: DriveOptions,
  ): Promise<Arrived> {
    const { guarded, replaces = false, onSent, measuredMove, announced } = options;
    const controller = new AbortController();
    motion = { controller, isParking: isPark(config, target) };
    onChanged();
    const progress = { sent: false };
    const startedMs = performance.now();
    let expectedSeconds: number | undefined;
    const ended = (result: EndedMove['result']) =>
      onMoveEnded(config.id, { result, seconds: (performance.now() - startedMs) / 1000, expectedSeconds });
    try {
      const rotor = measuredMove ? permit(measuredMove.rotor) : config;
      const context = { client, readings, rotor, measuredMove, sunFor: restrictions.sunFor };
      const eitherSignal = AbortSignal.any([signal, controller.signal]);
      const readback = await slewTo(context, target, eitherSignal, {
        onStart: async (from) => {
          expectedSeconds = slewSeconds(from.pointing, target, rotor) + rotor.settleMs / 1000;
          const disturbance = await detector.disturbance(from, eitherSignal);
          // A manual move accepts any position; the last holder receives the disturbance when it
          // acquires the rotor again.
          if (disturbance && !guarded) detector.reportLater(disturbance);
          else if (disturbance) throw disturbance;
        },
        onProgress: (readback, setpoint) => detector.movesTo(setpoint, readback),
        onSending: (from, setpoint) => {
          stopper.endUnattended();
          detector.movesTo(setpoint, from);
          // Once per move, not for every leg and retry.
          if (!progress.sent) readings.apply({ kind: 'setpoint', setpoint: target });
          progress.sent = true;
        },
        onSent: (from) => onSent?.(from),
      });
      if (!announced) await sleepUntil(readback.settledAtMs, eitherSignal);
      detector.arrived(readback, target);
      if (!guarded) unwrapper.confirmTurn();
      ended('arrived');
      return readback;
    } catch (error) {
      ended(isExpected(error) ? 'ended' : progress.sent ? 'failed' : 'refused');
      over(controller);
      if (error instanceof DisturbedError) onDisturbed(error.message);
      const isLeftMoving = replaces && !progress.sent && !(error instanceof ReplacedError);
      if (isLeftMoving || needsStop(error, progress.sent)) await stopAfter(error);
      throw error;
    } finally {
      over(controller);
      onChanged();
    }
  }

  function over(controller: AbortController): void {
    if (motion?.controller !== controller) return;
    motion = undefined;
    readings.apply({ kind: 'heading', target: undefined });
  }

  async function stopAfter(error: unknown): Promise<void> {
    try {
      await stopper.halt();
    } catch {
      stopper.stopUnattended(errorMessage(error));
    }
  }

  return {
    get isMoving() {
      return motion !== undefined;
    },
    get isParking() {
      return motion?.isParking ?? false;
    },
    end,
    checkPermit(config) {
      if (!motion) return;
      try {
        if (allowTheSame(permit(config), config)) return;
        end(new SkyScanError('wrong_state', 'the limits of the rotor have changed'));
      } catch (error) {
        end(error);
      }
    },
    slew: (rotor, target, signal, options) => drive(rotor, target, signal, { ...options, guarded: true }),
    moveManually(rotor, target, signal) {
      const replaces = motion !== undefined;
      let sent: (from: Readback) => void = () => undefined;
      const firstSent = new Promise<Readback>((resolve) => (sent = resolve));
      const onSent = (from: Readback) => sent({ ...from, moving: true });
      const arrival = drive(rotor, target, signal, { guarded: false, replaces, onSent });
      arrival.catch((error: unknown) => {
        const entry = { rotor: rotor.id, reason: errorMessage(error) };
        if (isExpected(error)) logger.info(entry, 'manual move ended');
        else logger.warn(entry, 'manual move failed');
      });
      return { started: Promise.race([firstSent, arrival]), arrival };
    },
  };
}

export function isPark({ park }: RotorConfig, target: Pointing): boolean {
  return axisDistanceDeg(park, target) === 0;
}

/** A stop or another move ended the move. */
function isExpected(error: unknown): boolean {
  const kind = errorKind(error);
  return kind === 'cancelled' || kind === 'lease_lost';
}
