import type { Clock } from '#shared/clock';
import type { Pointing, TravelLimits } from '#shared/pointing';
import { createRotator, type RotatorSettings } from './domain/kinematics.ts';
import type { Faults } from './faults.ts';

/** The mount as rotctld's clients and the dongle see it, on the machine's clock, with the faults that are switched on. */
export interface Mount {
  readonly limits: TravelLimits;
  readback(): Pointing;
  moveTo(target: Pointing): boolean;
  stop(): void;
  park(): void;
  setStalled(stalled: boolean): void;
  /** Where the antenna pointed at a monotonic time of the last seconds. */
  truePointingAt(monotonicMs: number): Pointing;
  state(): MountState;
}

export interface MountState {
  truePointing: Pointing;
  readback: Pointing;
  setpoint: Pointing | undefined;
  moving: boolean;
  excursions: number;
  /** The last commands, oldest first. */
  commands: { atUnixMs: number; command: string; accepted: boolean }[];
}

const PARK: Pointing = { azimuthDeg: 0, elevationDeg: 0 };
const COMMANDS_KEPT = 100;

export function createMount(settings: RotatorSettings, faults: Readonly<Faults>, clock: Clock): Mount {
  const rotator = createRotator(settings, clock.monotonicMs());
  const commands: MountState['commands'] = [];

  function log(command: string, accepted: boolean): boolean {
    if (commands.length >= COMMANDS_KEPT) commands.shift();
    commands.push({ atUnixMs: clock.unixMs(), command, accepted });
    return accepted;
  }

  function readback(): Pointing {
    const { azimuthDeg, elevationDeg } = rotator.readbackAt(clock.monotonicMs());
    return { azimuthDeg: azimuthDeg + faults.jumpDeg, elevationDeg: elevationDeg + faults.jumpDeg };
  }

  return {
    limits: settings.limits,
    readback,
    moveTo: (target) =>
      log(`P ${target.azimuthDeg} ${target.elevationDeg}`, rotator.moveTo(clock.monotonicMs(), target)),
    stop() {
      rotator.stop(clock.monotonicMs());
      log('S', true);
    },
    park() {
      log('K', rotator.moveTo(clock.monotonicMs(), PARK));
    },
    setStalled: (stalled) => rotator.setSeized(clock.monotonicMs(), stalled),
    truePointingAt: (monotonicMs) => rotator.truePointingAt(monotonicMs),
    state() {
      const now = clock.monotonicMs();
      return {
        truePointing: rotator.truePointingAt(now),
        readback: readback(),
        setpoint: rotator.setpoint,
        moving: rotator.movingAt(now),
        excursions: rotator.excursionsUntil(now),
        commands: [...commands],
      };
    },
  };
}
