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

/** A whole number with commas between groups of three digits: `1,000,000`. */
export function grouped(count: number): string {
  // The first use of toLocaleString blocks the event loop for 80 ms while it loads Intl.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
