import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eigenOf, inverseOf, times } from './symmetric.ts';

/** Positive definite: B B' + I. */
const positiveDefinite = fc
  .integer({ min: 1, max: 6 })
  .chain((n) =>
    fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
  )
  .map((b) =>
    b.map((row, i) =>
      b.map((other, j) => row.reduce((sum, value, k) => sum + value * (other[k] as number), i === j ? 1 : 0)),
    ),
  );

describe('a symmetric matrix', () => {
  test('has the eigenvalues of an example', () => {
    const { values, vectors } = eigenOf([
      [2, 1],
      [1, 2],
    ]);
    expect(values[0]).toBeCloseTo(1, 12);
    expect(values[1]).toBeCloseTo(3, 12);
    expect(Math.abs(vectors[1]?.[0] ?? 0)).toBeCloseTo(Math.SQRT1_2, 12);
  });

  test('times an eigenvector is the eigenvector times its value', () => {
    fc.assert(
      fc.property(positiveDefinite, (matrix) => {
        const { values, vectors } = eigenOf(matrix);
        vectors.forEach((vector, k) =>
          times(matrix, vector).forEach((value, i) =>
            expect(value).toBeCloseTo((values[k] as number) * (vector[i] as number), 8),
          ),
        );
      }),
    );
  });

  test('times its inverse is 1', () => {
    fc.assert(
      fc.property(positiveDefinite, (matrix) => {
        const inverse = inverseOf(matrix) ?? [];
        matrix.forEach((row, i) =>
          times(inverse, row).forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 7)),
        );
      }),
    );
  });

  test('has no inverse when it is singular', () => {
    expect(
      inverseOf([
        [1, 2],
        [2, 4],
      ]),
    ).toBeUndefined();
    expect(inverseOf([[0]])).toBeUndefined();
  });
});
