import { createLineSplitter } from '#shared/runtime/lines';
import { GarbledReplyError } from '../domain/garbled-reply.ts';

// The longest valid line (flags in dump_caps) has about 300 characters, the longest valid reply
// about 5 kB.
const LINE_LIMIT = 1024;
const REPLY_LIMIT = 32 * 1024;

/** Splits replies into lines. */
export interface ReplyLines {
  /** The lines that the bytes complete. Throws `GarbledReplyError` beyond the size limits. */
  push(bytes: Buffer): string[];
  /** Part of another line has arrived. */
  readonly pending: boolean;
  /** Resets the size for a new reply. */
  reset(): void;
}

export function createReplyLines(): ReplyLines {
  const lines = createLineSplitter(LINE_LIMIT, () => new GarbledReplyError('a line without an end'));
  let replyBytes = 0;
  return {
    push(bytes) {
      replyBytes += bytes.length;
      if (replyBytes > REPLY_LIMIT) throw new GarbledReplyError('an answer without an end');
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
