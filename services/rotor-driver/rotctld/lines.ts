import { createLineSplitter } from '#shared/runtime/lines';
import { GarbledReplyError } from '../domain/garbled-reply.ts';

// The longest honest line (flags in dump_caps) has some 300 characters, the longest honest reply
// some 5 kB.
const LINE_LIMIT = 1024;
const REPLY_LIMIT = 32 * 1024;

/** Cuts replies into lines. */
export interface ReplyLines {
  /** Whole lines that the bytes complete. Throws `GarbledReplyError` past the bounds. */
  push(bytes: Buffer): string[];
  /** Whether the beginning of another line has arrived. */
  readonly pending: boolean;
  /** Begins a new reply: its size counts from zero. */
  reset(): void;
}

export function createReplyLines(): ReplyLines {
  const lines = createLineSplitter(LINE_LIMIT, () => new GarbledReplyError('an endless line'));
  let replyBytes = 0;
  return {
    push(bytes) {
      replyBytes += bytes.length;
      if (replyBytes > REPLY_LIMIT) throw new GarbledReplyError('an endless answer');
      return lines.push(bytes.toString('latin1'));
    },
    get pending() {
      return lines.pending;
    },
    reset() {
      replyBytes = 0;
    },
  };
}
