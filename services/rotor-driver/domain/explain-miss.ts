import { axisDistanceDeg, formatDeg, formatPointing, type Pointing } from '#shared/sky/pointing';

/** A move that did not come to its end. */
export interface Miss {
  /** `stalled`: no progress, twice. `overdue`: it moves, but for longer than any move may take. */
  verdict: 'stalled' | 'overdue';
  /** Where the first try began. */
  from: Pointing;
  readback: Pointing;
  /** Where it was after the stop. */
  rest: Pointing;
  setpoint: Pointing;
  toleranceDeg: number;
  /** Standard deviation of the readback at rest; 0: none seen. */
  noiseDeg: number;
  /** Its controller reports the position only at rest. */
  isRestOnly: boolean;
  /** How long the last try took, seconds. */
  seconds: number;
}

// What a controller with a coarse step or a dead band is short of its target at most.
const SHORT_DEG = 5;
const STILL_DEG = 0.1;
// Two readings of a normal distribution rarely differ by more standard deviations.
const SPREAD = 4;

/** The observation in numbers, the likely causes in order, and what to do. */
export function explainMiss(miss: Miss): string {
  const { verdict, readback, setpoint, seconds } = miss;
  const where = `at ${formatPointing(readback)} on the way to ${formatPointing(setpoint)}`;
  const what = verdict === 'overdue' ? `does not arrive: after ${seconds.toFixed(0)} s` : 'stalled';
  return `${what} ${where}; ${causeOf(miss)}`;
}

function causeOf(miss: Miss): string {
  const { verdict, from, readback, rest, setpoint, toleranceDeg, noiseDeg } = miss;
  const shortDeg = axisDistanceDeg(rest, setpoint);
  const spreadDeg = SPREAD * noiseDeg;
  const suffices = `a tolerance_deg of ${formatDeg(sufficientDeg(shortDeg, spreadDeg))} would suffice`;
  const moved = axisDistanceDeg(from, readback) > Math.max(STILL_DEG, spreadDeg);
  const stillMovedDeg = axisDistanceDeg(readback, rest);
  if (spreadDeg > toleranceDeg && shortDeg <= SHORT_DEG + spreadDeg)
    return `readings at rest differ by up to ${formatDeg(round(spreadDeg))} deg, tolerance_deg is ${formatDeg(toleranceDeg)}: ${suffices}; likely causes: a noisy potentiometer, its cable, interference`;
  if (verdict === 'stalled' && stillMovedDeg > Math.max(toleranceDeg, spreadDeg, 1)) {
    const where = formatPointing(rest);
    return miss.isRestOnly
      ? `it reports its position only at rest, and was ${where} after the stop: ${miss.seconds.toFixed(1)} s did not suffice; likely causes: speeds of the rotor that are set too high, a motor under load, ice. Measure the speeds with a stopwatch and set them, then resume`
      : `the position did not change on the way and was ${where} after the stop; likely causes: a controller that starts late, or reports its position only at rest. Look at the rotator, then resume`;
  }
  if (moved && shortDeg <= SHORT_DEG)
    return `it rests ${formatDeg(round(shortDeg))} deg short, tolerance_deg is ${formatDeg(toleranceDeg)}: ${suffices}; likely causes: a controller that stops short, a coarse readback, a dead band, wind; then cable, ice`;
  const legDeg = axisDistanceDeg(from, setpoint);
  if (!moved && legDeg <= SHORT_DEG)
    return `it did not move on a way of ${formatDeg(round(legDeg))} deg; likely causes: a dead band of the controller (a step_deg above it, or a tolerance_deg of ${formatDeg(sufficientDeg(legDeg, spreadDeg))}, would suffice), cable, ice, limit switch, motor fuse`;
  if (verdict === 'overdue')
    return 'likely causes: speeds of the rotor that are set too high (measure them: characterise), a motor under load';
  return 'likely causes: cable, ice, limit switch, motor fuse, a controller that starts late. Look at the rotator, then resume';
}

/** With some room: a tenth of a degree more than what was seen. */
function sufficientDeg(distanceDeg: number, spreadDeg: number): number {
  return Math.ceil(10 * (distanceDeg + spreadDeg / 2) + 1 - 1e-6) / 10;
}

function round(deg: number): number {
  return Math.round(10 * deg) / 10;
}
