/** A number with its noun: `1 point`, `2 points`. `figure` formats the number. */
export function counted(count: number, noun: string, figure: (count: number) => string = String): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A part of a whole, with the noun of the whole: `1 of 1 point`, `1 of 160 points`. */
export function countedOf(
  part: number,
  whole: number,
  noun: string,
  figure: (count: number) => string = String,
): string {
  return `${figure(part)} of ${counted(whole, noun, figure)}`;
}
