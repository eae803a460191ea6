import { expect, test } from 'vitest';
import { HEAD_BYTES, decodeHead, encodeHead } from './heads.ts';

const head = { transforms: 4_294_967_295, independentTransforms: 204.7, floorDb: -99.87, pointFlags: 4 };

test('a head is read as it was written', () => {
  const bytes = Buffer.concat([encodeHead(head), encodeHead({ ...head, floorDb: NaN, transforms: 0 })]);
  expect(bytes).toHaveLength(2 * HEAD_BYTES);
  expect(decodeHead(bytes)).toEqual(head);
  expect(decodeHead(bytes, HEAD_BYTES)).toEqual({ ...head, floorDb: NaN, transforms: 0 });
});

test('a point without spectrum has no head', () => {
  expect(decodeHead(Buffer.alloc(HEAD_BYTES))).toBeUndefined();
});
