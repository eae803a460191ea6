/**
 * Spearman's rank correlation of two series of the same length, -1 to 1 (Pearson's on ranks; ties
 * share their mean rank).
 */
export function rankCorrelation(a: number[], b: number[]): number {
  return pearson(ranks(a), ranks(b));
}

function ranks(values: number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number])
      end++;
    for (let i = start; i <= end; i++) result[order[i] as number] = (start + end) / 2;
    start = end + 1;
  }
  return result;
}

function pearson(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  a.forEach((value, i) => {
    const [da, db] = [value - meanA, (b[i] as number) - meanB];
    both += da * db;
    squareA += da * da;
    squareB += db * db;
  });
  return both / Math.sqrt(squareA * squareB);
}
