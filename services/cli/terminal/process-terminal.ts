import { once } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Keyboard } from '../context.ts';
import type { Stream } from '../output.ts';

/**
 * A stream of the process. Its reader may have exited (`| head`), which is not an error: `onGone`
 * is called once.
 */
export function createStream(stream: WriteStream, onGone: () => void = () => undefined): Stream {
  let isGone = false;
  stream.on('error', () => {
    if (isGone) return;
    isGone = true;
    onGone();
  });
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

/** Raw key presses; Ctrl-C arrives as a key. */
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
        // Lets the process exit.
        input.pause();
      };
    },
  };
}
