import { mergedReads } from '#shared/spectrum/read-spectrum';
import type { TimedRead } from '../engine/collect.ts';
import type { TimedLine } from './rtl-power-run.ts';

/** Combines consecutive lines into one read: averages power, not dB. */
export function readOfLines(
  lines: readonly [TimedLine, ...TimedLine[]],
  lineMs: number,
  withSpectrum: boolean,
): TimedRead {
  const mean = (of: (line: TimedLine) => number) =>
    lines.reduce((sum, line) => sum + of(line), 0) / lines.length;
  const [first, ...others] = lines;
  return {
    fullScalePower: mean((line) => line.channel),
    rmsLsb: Math.sqrt(mean((line) => line.rmsLsb ** 2)),
    clippedFraction: mean((line) => line.clippedFraction),
    droppedSamples: lines.reduce((sum, line) => sum + line.droppedSamples, 0),
    firstIndex: 0,
    mean: { i: 0, q: 0 },
    dcInDoubt: false,
    startedMs: first.endedMs - lineMs,
    ...(withSpectrum && {
      spectrum: mergedReads([first.spectrum, ...others.map((line) => line.spectrum)]),
    }),
  };
}
