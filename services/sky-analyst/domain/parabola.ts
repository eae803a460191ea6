/** c0 + c1 x + c2 x^2 */
export type Parabola = readonly [number, number, number];

export function valueAt([c0, c1, c2]: Parabola, x: number): number {
  return c0 + x * (c1 + x * c2);
}

/** Fits a parabola, a line or a constant to weighted values by least squares. */
export class ParabolaFit {
  // Sums of weight x^k, and of weight value x^k.
  private readonly powers = new Float64Array(5);
  private readonly products = new Float64Array(3);

  clear(): void {
    this.powers.fill(0);
    this.products.fill(0);
  }

  /** `x` should be between -1 and 1: the sums contain its fourth power. */
  add(x: number, value: number, weight: number): void {
    const { powers, products } = this;
    const first = weight * x;
    const second = first * x;
    powers[0] = (powers[0] as number) + weight;
    powers[1] = (powers[1] as number) + first;
    powers[2] = (powers[2] as number) + second;
    powers[3] = (powers[3] as number) + second * x;
    powers[4] = (powers[4] as number) + second * x * x;
    products[0] = (products[0] as number) + weight * value;
    products[1] = (products[1] as number) + first * value;
    products[2] = (products[2] as number) + second * value;
  }

  /** The polynomial of this degree; of a lower one if the values do not determine it. */
  solve(degree: 0 | 1 | 2): Parabola {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0] = this.powers;
    const [t0 = 0, t1 = 0, t2 = 0] = this.products;
    // Gauss elimination; the pivots are variances, so a small one is a missing degree.
    const mean = t0 / s0;
    const variance = s2 - (s1 * s1) / s0;
    if (degree === 0 || variance <= 1e-9 * s0) return [mean, 0, 0];
    const cross = s3 - (s1 * s2) / s0;
    const slope = (t1 - s1 * mean) / variance;
    const rest = s4 - (s2 * s2) / s0 - (cross * cross) / variance;
    if (degree === 1 || rest <= 1e-9 * s0) return [mean - (slope * s1) / s0, slope, 0];
    const c2 = (t2 - s2 * mean - cross * slope) / rest;
    const c1 = slope - (cross * c2) / variance;
    return [mean - (c1 * s1 + c2 * s2) / s0, c1, c2];
  }
}
