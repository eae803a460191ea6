import { describe, expect, test } from 'vitest';
import { explainFailedMove, type FailedMove } from './explain-failed-move.ts';

const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });
const failedMove = (change: Partial<FailedMove>): FailedMove => {
  const readback = change.readback ?? at(10, 20);
  const quiet = { toleranceDeg: 1, noiseDeg: 0, isRestOnly: false, seconds: 3 };
  return {
    verdict: 'stalled',
    from: at(0, 20),
    readback,
    rest: readback,
    setpoint: at(30, 20),
    ...quiet,
    ...change,
  };
};

describe('the note of a move that did not arrive', () => {
  test.each([
    [
      '2 degrees short: names the tolerance, then cable and ice',
      failedMove({ readback: at(28, 20) }),
      'stalled at az 28 el 20 on the way to az 30 el 20; it rests 2 deg short, tolerance_deg is 1: a tolerance_deg of 2.1 would suffice; likely causes: a controller that stops short, a coarse readback, a dead band, wind; then cable, ice',
    ],
    [
      'no motion over a short distance: names a dead band',
      failedMove({ from: at(28.5, 20), readback: at(28.5, 20) }),
      'stalled at az 28.5 el 20 on the way to az 30 el 20; it did not move over a distance of 1.5 deg; likely causes: a dead band of the controller (a step_deg above it, or a tolerance_deg of 1.6, would suffice), cable, ice, limit switch, motor fuse',
    ],
    [
      'noise: names the spread of the readings and a sufficient tolerance',
      failedMove({
        verdict: 'overdue',
        readback: at(29.2, 20),
        rest: at(29.2, 20),
        noiseDeg: 0.5,
        seconds: 61,
      }),
      'has not arrived after 61 s at az 29.2 el 20 on the way to az 30 el 20; readings at rest differ by up to 2 deg, tolerance_deg is 1: a tolerance_deg of 1.9 would suffice; likely causes: a noisy potentiometer, its cable, interference',
    ],
    [
      'a position reported only at rest: names the configured speeds',
      failedMove({ readback: at(0, 20), rest: at(12, 20), isRestOnly: true, seconds: 10.5 }),
      'stalled at az 0 el 20 on the way to az 30 el 20; it reports its position only at rest, and was az 12 el 20 after the stop: 10.5 s did not suffice; likely causes: configured speeds that are too high, a motor under load, ice. Measure the speeds with a stopwatch and set them, then resume',
    ],
    [
      'motion after the stop that is too short to classify the controller',
      failedMove({ readback: at(0, 20), rest: at(1.5, 20) }),
      'stalled at az 0 el 20 on the way to az 30 el 20; the position did not change on the way and was az 1.5 el 20 after the stop; likely causes: a controller that starts late, or reports its position only at rest. Look at the rotator, then resume',
    ],
    [
      'far from its target: names the mechanics',
      failedMove({}),
      'stalled at az 10 el 20 on the way to az 30 el 20; likely causes: cable, ice, limit switch, motor fuse, a controller that starts late. Look at the rotator, then resume',
    ],
    [
      'slower than configured: names the configured speeds',
      failedMove({ verdict: 'overdue', readback: at(20, 20), seconds: 100 }),
      'has not arrived after 100 s at az 20 el 20 on the way to az 30 el 20; likely causes: configured speeds that are too high (measure them: characterise), a motor under load',
    ],
  ])('%s', (_, seen, note) => {
    expect(explainFailedMove(seen)).toBe(note);
  });
});
