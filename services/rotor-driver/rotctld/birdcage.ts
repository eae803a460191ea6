import type { OwnLevels, OwnReceiver } from '../motion/rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { parseNumber } from './numbers.ts';

// Birdcage, the server of Winegard dishes, has three additional commands: `D` reports capabilities,
// `L` switches the amplifier (LNA) on, `R n` takes n reads. In Hamlib the same letters are dms2dec,
// lonlat2loc and *reset*.

// The same limit as in the recorder of the points.
const MAX_LEVEL = 1_000;

/**
 * Whether an answer to `\dump_state` proves that the server is not Hamlib. The state of Hamlib
 * begins with two whole numbers, protocol version and model, and Hamlib never refuses the command.
 */
export function isNotHamlib(reply: { code: number; lines: readonly string[] }): boolean {
  return reply.code !== 0 || !reply.lines.slice(0, 2).every((line) => /^\d{1,6}\s*$/.test(line));
}

/** Parses an answer to `D` (`CAPS:rssi,lna`). `receiver`: undefined without RSSI. */
export function decodeCapabilities(lines: readonly string[]): {
  isBirdcage: boolean;
  receiver?: OwnReceiver | undefined;
} {
  const tokens = /^CAPS:([a-z0-9_, ]{0,200})$/.exec(lines[0] ?? '')?.[1]?.split(/[, ]+/);
  if (!tokens || lines.length !== 1) return { isBirdcage: false };
  return {
    isBirdcage: true,
    receiver: tokens.includes('rssi') ? { lna: tokens.includes('lna') } : undefined,
  };
}

/** Whether the lines so far are a complete answer to `R n`. */
export function hasAllReads(lines: readonly string[], reads: number): boolean {
  const values = tokensOf(lines);
  return values.length >= (isSummary(values, reads) ? 3 : reads);
}

/**
 * The levels in an answer to `R n`: n numbers on one line or on n lines, or a summary (n, mean,
 * last). For a summary, levels are constructed that have this mean and last value.
 */
export function decodeReads(lines: readonly string[], reads: number): OwnLevels {
  const tokens = tokensOf(lines);
  const values = tokens.map((token) => {
    const level = parseNumber(token);
    if (level === undefined || Math.abs(level) > MAX_LEVEL) throw new GarbledReplyError('a level expected');
    return level;
  });
  if (!isSummary(tokens, reads)) {
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

// Levels are negative, so a first number equal to the number of reads marks a summary.
function isSummary(tokens: readonly string[], reads: number): boolean {
  return tokens[0] === String(reads);
}

function tokensOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.replace(/^RSSI:/i, '').split(/\s+/)).filter((token) => token !== '');
}
