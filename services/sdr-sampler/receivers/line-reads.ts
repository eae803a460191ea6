import type { TimedRead } from '../collect.ts';
import { expectedClipping, rmsLsbOf } from '../domain/power-span.ts';
import type { TimedLine } from './rtl-power-run.ts';

/** One read of consecutive lines: the mean of their powers, never of their dB. */
export function readOfLines(lines: readonly TimedLine[], lineMs: number): TimedRead {
  const mean = (of: (line: TimedLine) => number) =>
    lines.reduce((sum, line) => sum + of(line), 0) / lines.length;
  const rmsLsb = rmsLsbOf(mean((line) => line.wholeSpan));
  return {
    fullScalePower: mean((line) => line.channel),
    rmsLsb,
    clippedFraction: expectedClipping(rmsLsb),
    droppedSamples: lines.reduce((sum, line) => sum + line.droppedSamples, 0),
    firstIndex: 0,
    mean: { i: 0, q: 0 },
    dcInDoubt: false,
    startedMs: (lines[0]?.endedMs ?? 0) - lineMs,
  };
}
