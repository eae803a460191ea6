import { expect, test } from 'vitest';
import { createPositionViewer } from './position-viewer.ts';

/** A network that sends one message per call of `take`. */
function createSlowSocket() {
  const sent: string[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  return {
    sent,
    send(text: string, done: (error?: Error) => void) {
      sent.push(text);
      waiting.push(done);
    },
    take: (error?: Error) => waiting.shift()?.(error),
    waiting,
  };
}

test('a fast viewer gets every position', () => {
  const socket = createSlowSocket();
  const viewer = createPositionViewer(socket);
  for (const text of ['1', '2', '3']) {
    viewer.show(text);
    socket.take();
  }
  expect(socket.sent).toEqual(['1', '2', '3']);
});

test('a slow viewer gets only the latest position', () => {
  const socket = createSlowSocket();
  const viewer = createPositionViewer(socket);
  for (let i = 1; i <= 1000; i++) viewer.show(String(i));
  expect([socket.sent, socket.waiting.length]).toEqual([['1'], 1]);
  socket.take();
  expect([socket.sent, socket.waiting.length]).toEqual([['1', '1000'], 1]);
  socket.take();
  expect(socket.waiting).toEqual([]);
  viewer.show('1001');
  expect(socket.sent).toEqual(['1', '1000', '1001']);
});

test('nothing is sent after a disconnection', () => {
  const socket = createSlowSocket();
  const viewer = createPositionViewer(socket);
  viewer.show('1');
  viewer.show('2');
  socket.take(new Error('closed'));
  expect(socket.sent).toEqual(['1']);
});
