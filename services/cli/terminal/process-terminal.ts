import { once } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Keyboard } from '../context.ts';
import type { Stream } from '../output.ts';

/** A stream of the process. Whoever read our lines may be gone (`| head`): that is no error. */
export function createStream(stream: WriteStream): Stream {
  let isGone = false;
  stream.on('error', () => (isGone = true));
  return {
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    write: (text) => isGone || stream.write(text),
    async drained() {
      if (stream.writableNeedDrain && !isGone) await once(stream, 'drain').catch(() => undefined);
    },
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}

/** Keys without waiting for Enter; Ctrl-C is a key meanwhile. */
export function createKeyboard(input: ReadStream): Keyboard {
  return {
    listen(listener) {
      const onData = (data: Buffer) => listener(data.toString());
      input.setRawMode(true);
      input.on('data', onData);
      input.resume();
      return () => {
        input.off('data', onData);
        input.setRawMode(false);
        // What is read no more keeps no process alive.
        input.pause();
      };
    },
  };
}
