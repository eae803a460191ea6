// For programs of the tests that a person starts with arguments.

/** The value of `--name`; ends the program if it is not a whole number in `min`..`max`. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    fail(`--${name} ${text}: must be a whole number in ${min}..${max}`);
  return value;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Ends the program because of wrong arguments. */
export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
