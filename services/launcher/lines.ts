/** Cuts a stream of chunks into lines. A line without an end is given out in pieces of `maxLength`. */
export function createLineSplitter(
  onLine: (line: string) => void,
  maxLength = 16_384,
): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (rest.length > maxLength) {
      onLine(rest);
      rest = '';
    }
  };
}
