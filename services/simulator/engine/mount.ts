import type { Clock } from '#shared/runtime/clock';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { createRotator, type RotatorSettings } from '../domain/rotator.ts';
import { gaussianPair, type Random } from '../domain/random.ts';
import { createCommandLog, type LoggedCommand } from './command-log.ts';
import type { Faults } from './faults.ts';

/** The mount for rotctld and the dongle, on the system clock, with the active faults. */
export interface Mount {
  readonly limits: TravelLimits;
  readback(): Pointing;
  moveTo(target: Pointing): boolean;
  stop(): void;
  park(): void;
  setStalled(stalled: boolean): void;
  /** The controller restarts: the rotator stops, and its position counts as 0/0. */
  loseCount(): void;
  /** The controller is homed: its count is right again. */
  home(): void;
  /** The pointing of the antenna at a monotonic time of the last ten seconds. */
  truePointingAt(monotonicMs: number): Pointing;
  state(): MountState;
}

/** The state that survives a restart of the simulator. */
export interface SavedMount {
  /** The position of the motors. */
  at: Pointing;
  /** The offset between motors and count. */
  lost: Pointing;
}

/** Stores the state of a mount. `save` is called for every changed readback. */
export interface MountStore {
  readonly saved: SavedMount | undefined;
  save(mount: SavedMount): void;
  /** The mount has not moved since the last `save`. */
  rests(): void;
}

export interface MountState {
  truePointing: Pointing;
  readback: Pointing;
  setpoint: Pointing | undefined;
  moving: boolean;
  /** The offset between motors and count; undefined while the count is right. */
  lostCount: Pointing | undefined;
  excursions: number;
  /** The last commands, oldest first. */
  commands: LoggedCommand[];
}

const PARK: Pointing = { azimuthDeg: 0, elevationDeg: 0 };

const NOTHING_LOST: Pointing = { azimuthDeg: 0, elevationDeg: 0 };

export function createMount(
  settings: RotatorSettings,
  faults: Readonly<Faults>,
  clock: Clock,
  random: Random,
  store?: MountStore,
): Mount {
  const start = store?.saved?.at ?? settings.start;
  const rotator = createRotator({ ...settings, start }, clock.monotonicMs());
  let lost = store?.saved?.lost ?? NOTHING_LOST;
  let reported: Pointing | undefined;
  const commands = createCommandLog(clock);

  function readback(): Pointing {
    const at = rotator.readbackAt(clock.monotonicMs());
    if (at.azimuthDeg !== reported?.azimuthDeg || at.elevationDeg !== reported.elevationDeg) {
      reported = at;
      store?.save({ at, lost });
    } else store?.rests();
    const [az, el] = faults.noiseDeg > 0 ? gaussianPair(random) : [0, 0];
    return {
      azimuthDeg: at.azimuthDeg - lost.azimuthDeg + faults.jumpDeg + az * faults.noiseDeg,
      elevationDeg: at.elevationDeg - lost.elevationDeg + faults.jumpDeg + el * faults.noiseDeg,
    };
  }

  /**
   * The motor position for a commanded target. Mechanical stops limit a mount with a lost count.
   */
  function motorTarget(target: Pointing): Pointing {
    const at = rotator.readbackAt(clock.monotonicMs());
    const { azMinDeg, azMaxDeg, elMinDeg, elMaxDeg } = settings.limits;
    const hasLost = lost !== NOTHING_LOST;
    const axis = (key: keyof Pointing, min: number, max: number) => {
      const wantedDeg = target[key] + lost[key];
      const moveDeg = wantedDeg - at[key];
      const shortDeg = Math.min(Math.abs(moveDeg), faults.deadBandDeg);
      const endDeg = wantedDeg - Math.sign(moveDeg) * shortDeg;
      return hasLost ? Math.min(Math.max(endDeg, min), max) : endDeg;
    };
    return {
      azimuthDeg: axis('azimuthDeg', azMinDeg, azMaxDeg),
      elevationDeg: axis('elevationDeg', elMinDeg, elMaxDeg),
    };
  }

  function setLost(pointing: Pointing): void {
    lost = pointing;
    reported = undefined;
    readback();
  }

  return {
    limits: settings.limits,
    readback,
    moveTo: (target) =>
      commands.add(
        `P ${target.azimuthDeg} ${target.elevationDeg}`,
        rotator.moveTo(clock.monotonicMs(), motorTarget(target)),
      ),
    stop() {
      rotator.stop(clock.monotonicMs());
      commands.add('S', true);
    },
    park() {
      commands.add('K', rotator.moveTo(clock.monotonicMs(), motorTarget(PARK)));
    },
    setStalled: (stalled) => rotator.setStalled(clock.monotonicMs(), stalled),
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
        commands: commands.last(),
      };
    },
  };
}
