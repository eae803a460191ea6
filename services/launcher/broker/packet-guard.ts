/**
 * Checks the announced sizes in a stream of MQTT packets. The returned function takes the chunks of
 * the stream and returns false once a packet is larger than `maxBytes` or its length is malformed,
 * before the parser buffers the packet.
 */
export function createPacketGuard(maxBytes: number): (chunk: Buffer) => boolean {
  let left = 0;
  let lengthBytes = -1;
  let length = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const skipped = Math.min(left, chunk.length - at);
        left -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (lengthBytes < 0) {
        // Type and flags. The length follows, seven bits per byte.
        lengthBytes = 0;
        length = 0;
        continue;
      }
      length += (byte & 0x7f) * 128 ** lengthBytes++;
      if (length > maxBytes || (lengthBytes === 4 && byte > 0x7f)) return false;
      if (byte > 0x7f) continue;
      left = length;
      lengthBytes = -1;
    }
    return true;
  };
}
