import { GarbledReplyError } from '../domain/garbled-reply.ts';

// The longest honest line (flags in dump_caps) has some 300 characters, the longest honest reply some 5 kB.
const LINE_LIMIT = 1024;
const REPLY_LIMIT = 32 * 1024;

/** Cuts a stream of bytes into lines, however it was split or merged on its way. */
export interface LineSplitter {
  /** Whole lines that the bytes complete, without line ends. Throws `GarbledReplyError` past the bounds. */
  push(bytes: Buffer): string[];
  /** Whether the beginning of another line has arrived. */
  readonly pending: boolean;
  /** Begins a new reply: its size counts from zero. */
  reset(): void;
}

export function createLineSplitter(): LineSplitter {
  let rest = '';
  let replyBytes = 0;
  return {
    push(bytes) {
      replyBytes += bytes.length;
      const lines = (rest + bytes.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      if (replyBytes > REPLY_LIMIT) throw new GarbledReplyError('an endless answer');
      if (rest.length > LINE_LIMIT || lines.some((line) => line.length > LINE_LIMIT))
        throw new GarbledReplyError('an endless line');
      return lines.map((line) => line.replace(/\r$/, ''));
    },
    get pending() {
      return rest !== '';
    },
    reset() {
      replyBytes = 0;
    },
  };
}
