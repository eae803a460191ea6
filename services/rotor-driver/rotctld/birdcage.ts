import type { OwnLevels, OwnReceiver } from '../motion/rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { parseNumber } from './numbers.ts';

// Birdcage, the server of Winegard dishes, knows three commands beyond the plain ones: `D` says
// what it can, `L` switches the amplifier (LNA) on, `R n` takes n reads. The same letters are
// Hamlib's dms2dec, lonlat2loc and *reset*.

// As the recorder of the points has it.
const LARGEST_LEVEL = 1_000;

/**
 * Whether an answer to `\dump_state` has shown that its sender is not Hamlib, whose state begins
 * with two whole numbers: the version of the protocol and the model. A refusal shows it too: no
 * Hamlib refuses.
 */
export function isNotHamlib(reply: { code: number; lines: readonly string[] }): boolean {
  return reply.code !== 0 || !reply.lines.slice(0, 2).every((line) => /^\d{1,6}\s*$/.test(line));
}

/**
 * What an answer to `D` says (`CAPS:rssi,lna`): undefined when it promises no RSSI. `isBirdcage`:
 * whether it is one at all.
 */
export function decodeCapabilities(lines: readonly string[]): {
  isBirdcage: boolean;
  receiver?: OwnReceiver | undefined;
} {
  const words = /^CAPS:([a-z0-9_, ]{0,200})$/.exec(lines[0] ?? '')?.[1]?.split(/[, ]+/);
  if (!words || lines.length !== 1) return { isBirdcage: false };
  return {
    isBirdcage: true,
    receiver: words.includes('rssi') ? { lna: words.includes('lna') } : undefined,
  };
}

/** Whether the lines so far are all of an answer to `R n`. */
export function hasAllReads(lines: readonly string[], reads: number): boolean {
  const values = wordsOf(lines);
  return values.length >= (isSummary(values, reads) ? 3 : reads);
}

/**
 * Levels in an answer to `R n`, as many as were asked for: n numbers on one line or on n, or a
 * summary (n, mean, last). Of a summary the levels are made so that their mean and the last one are
 * what it says.
 */
export function decodeReads(lines: readonly string[], reads: number): OwnLevels {
  const words = wordsOf(lines);
  const values = words.map((word) => {
    const level = parseNumber(word);
    if (level === undefined || Math.abs(level) > LARGEST_LEVEL)
      throw new GarbledReplyError('a level expected');
    return level;
  });
  if (!isSummary(words, reads)) {
    if (values.length !== reads) throw new GarbledReplyError(`${reads} levels expected`);
    return { levels: values, summarised: false };
  }
  const [, mean, last] = values;
  if (values.length !== 3 || mean === undefined || last === undefined)
    throw new GarbledReplyError('reads, mean and last level expected');
  const others = reads > 1 ? (reads * mean - last) / (reads - 1) : last;
  const levels = Array.from({ length: reads }, (_, index) => (index < reads - 1 ? others : last));
  return { levels, summarised: reads > 1 };
}

// Received levels are negative: a first number that says how many reads there were is no level.
function isSummary(words: readonly string[], reads: number): boolean {
  return words[0] === String(reads);
}

function wordsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.replace(/^RSSI:/i, '').split(/\s+/)).filter((word) => word !== '');
}
