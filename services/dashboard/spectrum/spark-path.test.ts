import { expect, it } from 'vitest';
import { sparkPath } from './spark-path.ts';

const SIZE = { width: 4, height: 10 };

it.each([
  ['a line', [-100, -90, -80, -100], 'M0.5 10.0L1.5 5.0L2.5 0.0L3.5 10.0'],
  [
    'the highest of levels that share a pixel',
    [-100, -90, -80, -100, -100, -100, -90, -100],
    'M0.5 5.0L1.5 0.0L2.5 10.0L3.5 5.0',
  ],
  ['a gap', [-100, null, -80, -80], 'M0.5 10.0M2.5 0.0L3.5 0.0'],
  ['levels beyond the axis', [-200, 0], 'M1 10.0L3 0.0'],
  ['nothing', [null, null], ''],
])('draws %s', (_name, levels, path) => {
  expect(sparkPath(levels, [-100, -80], SIZE)).toBe(path);
});
