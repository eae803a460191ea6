import { codeOf, valueOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';

/** What a spectrum has besides its channels. */
export interface SpectrumHead {
  transforms: number;
  /** Number without overlap whose mean has the same variance. */
  independentTransforms: number;
  /** In the unit of the levels; NaN: not known. */
  floorDb: number;
  /** Bits of `CHANNEL_FLAGS` that all channels have. */
  pointFlags: number;
}

/**
 * Size of a head, little endian: transforms (uint32), independent transforms (float64), code of the
 * floor (int16), flags (uint8), 1 (uint8; 0 in tiles for a point without spectrum).
 */
export const HEAD_BYTES = 16;

export function encodeHead(head: Pick<PointSpectrum, keyof SpectrumHead>): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(head.transforms, 0);
  bytes.writeDoubleLE(head.independentTransforms, 4);
  bytes.writeInt16LE(codeOf('mean', head.floorDb), 12);
  bytes.writeUInt8(head.pointFlags, 14);
  bytes.writeUInt8(1, 15);
  return bytes;
}

/** The head at an offset; undefined for a point without spectrum. */
export function decodeHead(bytes: Buffer, offset = 0): SpectrumHead | undefined {
  if (bytes.readUInt8(offset + 15) === 0) return undefined;
  return {
    transforms: bytes.readUInt32LE(offset),
    independentTransforms: bytes.readDoubleLE(offset + 4),
    floorDb: valueOf('mean', bytes.readInt16LE(offset + 12)),
    pointFlags: bytes.readUInt8(offset + 14),
  };
}
