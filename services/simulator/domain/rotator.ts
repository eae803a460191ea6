import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { createAxis } from './axis.ts';
import type { AxisLimits } from './axis-motion.ts';
import { ExcursionCounter } from './excursion-counter.ts';

export interface RotatorSettings {
  azimuth: AxisLimits;
  elevation: AxisLimits;
  limits: TravelLimits;
  start: Pointing;
  /** Step of the readback, degrees. */
  resolutionDeg: number;
  backlashDeg: number;
}

/**
 * A rotator as a function of time and of its commands. Times are monotonic milliseconds; commands
 * are given in the order of their times.
 */
export interface Rotator {
  /** Returns false outside the limits. NaN is accepted, as by Hamlib, and moves without end. */
  moveTo(timeMs: number, target: Pointing): boolean;
  stop(timeMs: number): void;
  /** Both axes rest while stalled; afterwards they resume the move to the setpoint. */
  setStalled(timeMs: number, stalled: boolean): void;
  /** The pointing of the antenna at any time since ten seconds ago. */
  truePointingAt(timeMs: number): Pointing;
  /** The position from the sensors, in their resolution. */
  readbackAt(timeMs: number): Pointing;
  movingAt(timeMs: number): boolean;
  /** Last accepted target; undefined after a stop. */
  readonly setpoint: Pointing | undefined;
  /** The number of times that the antenna has left its limits. */
  excursionsUntil(timeMs: number): number;
}

export function createRotator(settings: RotatorSettings, startMs: number): Rotator {
  const { limits, resolutionDeg, backlashDeg } = settings;
  const azimuth = createAxis(
    { ...settings.azimuth, startDeg: settings.start.azimuthDeg, backlashDeg },
    startMs,
  );
  const elevation = createAxis(
    { ...settings.elevation, startDeg: settings.start.elevationDeg, backlashDeg },
    startMs,
  );
  let setpoint: Pointing | undefined;
  let stalled = false;
  const excursions = new ExcursionCounter({ azimuth, elevation }, limits, startMs);

  function truePointingAt(timeMs: number): Pointing {
    return { azimuthDeg: azimuth.antennaDegAt(timeMs), elevationDeg: elevation.antennaDegAt(timeMs) };
  }

  function resumeMove(timeMs: number): void {
    if (!setpoint || stalled) return;
    azimuth.moveTo(timeMs, setpoint.azimuthDeg);
    elevation.moveTo(timeMs, setpoint.elevationDeg);
  }

  return {
    moveTo(timeMs, target) {
      const { azimuthDeg, elevationDeg } = target;
      if (azimuthDeg < limits.azMinDeg || azimuthDeg > limits.azMaxDeg) return false;
      if (elevationDeg < limits.elMinDeg || elevationDeg > limits.elMaxDeg) return false;
      excursions.countUntil(timeMs);
      setpoint = target;
      resumeMove(timeMs);
      return true;
    },
    stop(timeMs) {
      excursions.countUntil(timeMs);
      setpoint = undefined;
      if (stalled) return;
      azimuth.stop(timeMs);
      elevation.stop(timeMs);
    },
    setStalled(timeMs, nowStalled) {
      if (stalled === nowStalled) return;
      excursions.countUntil(timeMs);
      stalled = nowStalled;
      if (!stalled) {
        resumeMove(timeMs);
        return;
      }
      azimuth.stall(timeMs);
      elevation.stall(timeMs);
    },
    truePointingAt,
    readbackAt: (timeMs) => ({
      azimuthDeg: quantise(azimuth.motorAt(timeMs).positionDeg, resolutionDeg),
      elevationDeg: quantise(elevation.motorAt(timeMs).positionDeg, resolutionDeg),
    }),
    movingAt: (timeMs) =>
      azimuth.motorAt(timeMs).velocityDegPerS !== 0 || elevation.motorAt(timeMs).velocityDegPerS !== 0,
    get setpoint() {
      return setpoint;
    },
    excursionsUntil(timeMs) {
      return excursions.countUntil(timeMs);
    },
  };
}

// Divides by the steps per degree: 123 * 0.1 is not 12.3, but 123 / 10 is.
function quantise(deg: number, resolutionDeg: number): number {
  if (resolutionDeg <= 0) return deg;
  return Math.round(deg / resolutionDeg) / (1 / resolutionDeg) + 0;
}
