import {
  planMove,
  planStop,
  stateInSegment,
  type AxisLimits,
  type AxisState,
  type Segment,
} from './axis-motion.ts';

/**
 * One axis: the motor's path through time, and behind the gear's play the antenna, which follows a
 * little late.
 */
export interface Axis {
  /** New target from this moment on. */
  moveTo(timeMs: number, targetDeg: number): void;
  stop(timeMs: number): void;
  /** Stands still at once, whatever is commanded, until it is freed. */
  seize(timeMs: number): void;
  /** What the sensor on the motor's side sees. */
  motorAt(timeMs: number): AxisState;
  /** Where the antenna points. */
  antennaDegAt(timeMs: number): number;
  /** Highest and lowest position of the antenna between two moments. */
  extremesDeg(fromMs: number, toMs: number): { lowest: number; highest: number };
}

export interface AxisSettings extends AxisLimits {
  startDeg: number;
  /** Play between motor and antenna. */
  backlashDeg: number;
}

// Samples are made a few ms after their time; nothing asks for more than this.
const HISTORY_MS = 10_000;
const MOST_SEGMENTS = 2_000;

interface Stretch extends Segment {
  antennaDeg: number;
}

export function createAxis(settings: AxisSettings, startMs: number): Axis {
  const halfPlay = settings.backlashDeg / 2;
  let path: Stretch[] = [
    {
      startMs,
      positionDeg: settings.startDeg,
      velocityDegPerS: 0,
      accelerationDegPerS2: 0,
      antennaDeg: settings.startDeg,
    },
  ];

  /**
   * The antenna is dragged along at either end of the play. Velocity keeps its sign inside a
   * segment.
   */
  function antennaIn(stretch: Stretch, timeMs: number): number {
    const { positionDeg } = stateInSegment(stretch, timeMs);
    return Math.min(Math.max(stretch.antennaDeg, positionDeg - halfPlay), positionDeg + halfPlay);
  }

  function stretchAt(timeMs: number): Stretch {
    let index = path.length - 1;
    while (index > 0 && (path[index] as Stretch).startMs > timeMs) index--;
    return path[index] as Stretch;
  }

  function replan(timeMs: number, plan: (from: AxisState) => Segment[]): void {
    const now = stretchAt(timeMs);
    let antennaDeg = antennaIn(now, timeMs);
    const past = path.filter((stretch) => stretch.startMs < timeMs);
    const planned: Stretch[] = [];
    for (const segment of plan(stateInSegment(now, timeMs))) {
      const before = planned.at(-1);
      if (before) antennaDeg = antennaIn(before, segment.startMs);
      planned.push({ ...segment, antennaDeg });
    }
    path = [...past, ...planned];
    const firstNeeded = path.findLastIndex((stretch) => stretch.startMs <= timeMs - HISTORY_MS);
    path = path.slice(Math.max(0, firstNeeded, path.length - MOST_SEGMENTS));
  }

  return {
    moveTo: (timeMs, targetDeg) => replan(timeMs, (from) => planMove(timeMs, from, targetDeg, settings)),
    stop: (timeMs) => replan(timeMs, (from) => planStop(timeMs, from, settings)),
    seize: (timeMs) =>
      replan(timeMs, ({ positionDeg }) => [
        { startMs: timeMs, positionDeg, velocityDegPerS: 0, accelerationDegPerS2: 0 },
      ]),
    motorAt: (timeMs) => stateInSegment(stretchAt(timeMs), timeMs),
    antennaDegAt: (timeMs) => antennaIn(stretchAt(timeMs), timeMs),
    extremesDeg(fromMs, toMs) {
      const times = path.map((stretch) => stretch.startMs).filter((at) => at > fromMs && at < toMs);
      const positions = [fromMs, ...times, toMs].map((at) => antennaIn(stretchAt(at), at));
      return { lowest: Math.min(...positions), highest: Math.max(...positions) };
    },
  };
}
