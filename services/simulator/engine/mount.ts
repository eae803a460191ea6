import type { Clock } from '#shared/runtime/clock';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { createRotator, type RotatorSettings } from '../domain/kinematics.ts';
import { gaussianPair, type Random } from '../domain/random.ts';
import type { Faults } from './faults.ts';

/**
 * The mount as rotctld's clients and the dongle see it, on the machine's clock, with the faults
 * that are switched on.
 */
export interface Mount {
  readonly limits: TravelLimits;
  readback(): Pointing;
  moveTo(target: Pointing): boolean;
  stop(): void;
  park(): void;
  setStalled(stalled: boolean): void;
  /** The controller restarts: the rotator stops, and counts from 0/0 where it is. */
  loseCount(): void;
  /** The controller is homed: its count is right again, wherever the antenna is. */
  home(): void;
  /** Where the antenna pointed at a monotonic time of the last seconds. */
  truePointingAt(monotonicMs: number): Pointing;
  state(): MountState;
}

/** What outlives the process, as an antenna does. */
export interface MountMemory {
  /** Where the motors are. */
  at: Pointing;
  /** What the controller does not count. */
  lost: Pointing;
}

/** Keeps the memory of a mount; called with every readback that differs from the one before. */
export interface MountStore {
  readonly kept: MountMemory | undefined;
  keep(memory: MountMemory): void;
  /** It has not moved since the last `keep`. */
  rests(): void;
}

export interface MountState {
  truePointing: Pointing;
  readback: Pointing;
  setpoint: Pointing | undefined;
  moving: boolean;
  /** What the controller does not count; undefined while its count is right. */
  lostCount: Pointing | undefined;
  excursions: number;
  /** The last commands, oldest first. */
  commands: { atUnixMs: number; command: string; accepted: boolean }[];
}

const PARK: Pointing = { azimuthDeg: 0, elevationDeg: 0 };
const COMMANDS_KEPT = 100;

const NOTHING_LOST: Pointing = { azimuthDeg: 0, elevationDeg: 0 };

export function createMount(
  settings: RotatorSettings,
  faults: Readonly<Faults>,
  clock: Clock,
  random: Random,
  store?: MountStore,
): Mount {
  const start = store?.kept?.at ?? settings.start;
  const rotator = createRotator({ ...settings, start }, clock.monotonicMs());
  let lost = store?.kept?.lost ?? NOTHING_LOST;
  let kept: Pointing | undefined;
  const commands: MountState['commands'] = [];

  function log(command: string, accepted: boolean): boolean {
    if (commands.length >= COMMANDS_KEPT) commands.shift();
    commands.push({ atUnixMs: clock.unixMs(), command, accepted });
    return accepted;
  }

  function readback(): Pointing {
    const at = rotator.readbackAt(clock.monotonicMs());
    if (at.azimuthDeg !== kept?.azimuthDeg || at.elevationDeg !== kept.elevationDeg) {
      kept = at;
      store?.keep({ at, lost });
    } else store?.rests();
    const [az, el] = faults.noiseDeg > 0 ? gaussianPair(random) : [0, 0];
    return {
      azimuthDeg: at.azimuthDeg - lost.azimuthDeg + faults.jumpDeg + az * faults.noiseDeg,
      elevationDeg: at.elevationDeg - lost.elevationDeg + faults.jumpDeg + el * faults.noiseDeg,
    };
  }

  /**
   * Where the motors go when the controller is told to go to `target`; a mechanical stop holds what
   * has lost its count.
   */
  function motorTarget(target: Pointing): Pointing {
    const at = rotator.readbackAt(clock.monotonicMs());
    const { azMinDeg, azMaxDeg, elMinDeg, elMaxDeg } = settings.limits;
    const hasLost = lost !== NOTHING_LOST;
    const axis = (key: keyof Pointing, least: number, most: number) => {
      const wantedDeg = target[key] + lost[key];
      const wayDeg = wantedDeg - at[key];
      const shortDeg = Math.min(Math.abs(wayDeg), faults.deadBandDeg);
      const endDeg = wantedDeg - Math.sign(wayDeg) * shortDeg;
      return hasLost ? Math.min(Math.max(endDeg, least), most) : endDeg;
    };
    return {
      azimuthDeg: axis('azimuthDeg', azMinDeg, azMaxDeg),
      elevationDeg: axis('elevationDeg', elMinDeg, elMaxDeg),
    };
  }

  function setLost(pointing: Pointing): void {
    lost = pointing;
    kept = undefined;
    readback();
  }

  return {
    limits: settings.limits,
    readback,
    moveTo: (target) =>
      log(
        `P ${target.azimuthDeg} ${target.elevationDeg}`,
        rotator.moveTo(clock.monotonicMs(), motorTarget(target)),
      ),
    stop() {
      rotator.stop(clock.monotonicMs());
      log('S', true);
    },
    park() {
      log('K', rotator.moveTo(clock.monotonicMs(), motorTarget(PARK)));
    },
    setStalled: (stalled) => rotator.setSeized(clock.monotonicMs(), stalled),
    loseCount() {
      rotator.stop(clock.monotonicMs());
      setLost(rotator.readbackAt(clock.monotonicMs()));
    },
    home: () => setLost(NOTHING_LOST),
    truePointingAt: (monotonicMs) => rotator.truePointingAt(monotonicMs),
    state() {
      const now = clock.monotonicMs();
      return {
        truePointing: rotator.truePointingAt(now),
        readback: readback(),
        setpoint: rotator.setpoint,
        lostCount: lost === NOTHING_LOST ? undefined : lost,
        moving: rotator.movingAt(now),
        excursions: rotator.excursionsUntil(now),
        commands: [...commands],
      };
    },
  };
}
