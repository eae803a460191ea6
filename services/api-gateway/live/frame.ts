const FINAL_TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;

/**
 * A text message as a WebSocket server sends it: one frame without a mask (RFC 6455, section 5.2).
 * Made once, it can be written to any number of clients; `WebSocket.send` makes one for each of
 * them, which is half of the processor time of a message.
 */
export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const head = bytes < TWO_BYTES ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = FINAL_TEXT;
  if (head === 2) frame[1] = bytes;
  else if (head === 4) {
    frame[1] = TWO_BYTES;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, head);
  return frame;
}
