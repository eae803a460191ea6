import { outsideLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { createAxis } from './axis.ts';
import type { AxisLimits } from './axis-motion.ts';

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
 * A rotator that exists only as a function of time and of the commands that it was given. Times are
 * monotonic milliseconds; commands come in the order of their times.
 */
export interface Rotator {
  /**
   * Refused (false) outside the limits. NaN passes, as it does with Hamlib, and drives on for ever.
   */
  moveTo(timeMs: number, target: Pointing): boolean;
  stop(timeMs: number): void;
  /** Both axes stand still while seized; freed, they go on to where they were told to be. */
  setSeized(timeMs: number, seized: boolean): void;
  /** Where the antenna points, at any time of the last ten seconds or later. */
  truePointingAt(timeMs: number): Pointing;
  /** What the position sensors say, in their resolution. */
  readbackAt(timeMs: number): Pointing;
  movingAt(timeMs: number): boolean;
  /** Last accepted target; undefined after a stop. */
  readonly setpoint: Pointing | undefined;
  /** How often the antenna has left its limits so far. */
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
  let seized = false;
  let excursions = 0;
  let outside = false;
  let countedMs = startMs;

  function countExcursions(timeMs: number): void {
    const az = azimuth.extremesDeg(countedMs, timeMs);
    const el = elevation.extremesDeg(countedMs, timeMs);
    const isOutside =
      isBeyond({ azimuthDeg: az.lowest, elevationDeg: el.lowest }) ||
      isBeyond({ azimuthDeg: az.highest, elevationDeg: el.highest });
    if (isOutside && !outside) excursions++;
    outside = isBeyond(truePointingAt(timeMs));
    countedMs = timeMs;
  }

  function isBeyond(pointing: Pointing): boolean {
    return outsideLimits(pointing, limits) !== undefined;
  }

  function truePointingAt(timeMs: number): Pointing {
    return { azimuthDeg: azimuth.antennaDegAt(timeMs), elevationDeg: elevation.antennaDegAt(timeMs) };
  }

  function go(timeMs: number): void {
    if (!setpoint || seized) return;
    azimuth.moveTo(timeMs, setpoint.azimuthDeg);
    elevation.moveTo(timeMs, setpoint.elevationDeg);
  }

  return {
    moveTo(timeMs, target) {
      const { azimuthDeg, elevationDeg } = target;
      if (azimuthDeg < limits.azMinDeg || azimuthDeg > limits.azMaxDeg) return false;
      if (elevationDeg < limits.elMinDeg || elevationDeg > limits.elMaxDeg) return false;
      countExcursions(timeMs);
      setpoint = target;
      go(timeMs);
      return true;
    },
    stop(timeMs) {
      countExcursions(timeMs);
      setpoint = undefined;
      if (seized) return;
      azimuth.stop(timeMs);
      elevation.stop(timeMs);
    },
    setSeized(timeMs, nowSeized) {
      if (seized === nowSeized) return;
      countExcursions(timeMs);
      seized = nowSeized;
      if (!seized) {
        go(timeMs);
        return;
      }
      azimuth.seize(timeMs);
      elevation.seize(timeMs);
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
      countExcursions(timeMs);
      return excursions;
    },
  };
}

// Divides by the steps of a degree where it can: 123 * 0.1 is not 12.3, 123 / 10 is.
function quantise(deg: number, resolutionDeg: number): number {
  if (resolutionDeg <= 0) return deg;
  return Math.round(deg / resolutionDeg) / (1 / resolutionDeg) + 0;
}
