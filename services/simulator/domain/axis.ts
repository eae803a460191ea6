import {
  planMove,
  planStop,
  stateInSegment,
  type AxisLimits,
  type AxisState,
  type Segment,
} from './axis-motion.ts';

/** One axis: the path of the motor over time, and the antenna, which follows with backlash. */
export interface Axis {
  /** Sets a new target from this time on. */
  moveTo(timeMs: number, targetDeg: number): void;
  stop(timeMs: number): void;
  /** Stops at once, without braking. */
  stall(timeMs: number): void;
  /** The state on the side of the motor, where the sensor is. */
  motorAt(timeMs: number): AxisState;
  /** The pointing of the antenna. */
  antennaDegAt(timeMs: number): number;
  /** Highest and lowest position of the antenna between two times. */
  extremesDeg(fromMs: number, toMs: number): { lowest: number; highest: number };
}

export interface AxisSettings extends AxisLimits {
  startDeg: number;
  /** Play between motor and antenna. */
  backlashDeg: number;
}

// Samples are generated a few milliseconds after their time; nothing needs older states.
const HISTORY_MS = 10_000;
const MAX_SEGMENTS = 2_000;

interface AxisSegment extends Segment {
  antennaDeg: number;
}

export function createAxis(settings: AxisSettings, startMs: number): Axis {
  const halfPlay = settings.backlashDeg / 2;
  let path: AxisSegment[] = [
    {
      startMs,
      positionDeg: settings.startDeg,
      velocityDegPerS: 0,
      accelerationDegPerS2: 0,
      antennaDeg: settings.startDeg,
    },
  ];

  /** The motor moves the antenna at either end of the play. */
  function antennaIn(segment: AxisSegment, timeMs: number): number {
    const { positionDeg } = stateInSegment(segment, timeMs);
    return Math.min(Math.max(segment.antennaDeg, positionDeg - halfPlay), positionDeg + halfPlay);
  }

  function segmentAt(timeMs: number): AxisSegment {
    let index = path.length - 1;
    while (index > 0 && (path[index] as AxisSegment).startMs > timeMs) index--;
    return path[index] as AxisSegment;
  }

  function replan(timeMs: number, plan: (from: AxisState) => Segment[]): void {
    const now = segmentAt(timeMs);
    let antennaDeg = antennaIn(now, timeMs);
    const past = path.filter((segment) => segment.startMs < timeMs);
    const planned: AxisSegment[] = [];
    for (const segment of plan(stateInSegment(now, timeMs))) {
      const before = planned.at(-1);
      if (before) antennaDeg = antennaIn(before, segment.startMs);
      planned.push({ ...segment, antennaDeg });
    }
    path = [...past, ...planned];
    const firstNeeded = path.findLastIndex((segment) => segment.startMs <= timeMs - HISTORY_MS);
    path = path.slice(Math.max(0, firstNeeded, path.length - MAX_SEGMENTS));
  }

  return {
    moveTo: (timeMs, targetDeg) => replan(timeMs, (from) => planMove(timeMs, from, targetDeg, settings)),
    stop: (timeMs) => replan(timeMs, (from) => planStop(timeMs, from, settings)),
    stall: (timeMs) =>
      replan(timeMs, ({ positionDeg }) => [
        { startMs: timeMs, positionDeg, velocityDegPerS: 0, accelerationDegPerS2: 0 },
      ]),
    motorAt: (timeMs) => stateInSegment(segmentAt(timeMs), timeMs),
    antennaDegAt: (timeMs) => antennaIn(segmentAt(timeMs), timeMs),
    extremesDeg(fromMs, toMs) {
      const times = path.map((segment) => segment.startMs).filter((at) => at > fromMs && at < toMs);
      const positions = [fromMs, ...times, toMs].map((at) => antennaIn(segmentAt(at), at));
      return { lowest: Math.min(...positions), highest: Math.max(...positions) };
    },
  };
}
