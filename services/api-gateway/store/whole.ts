/** A number for the text of a query: COPY accepts no parameters. */
export function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return value;
}
