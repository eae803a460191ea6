import { elementsOf, type ElementFields, type OrbitalElements } from './element-fields.ts';
import { createObjectSplitter, MAX_RECORD, TOO_LONG, type RecordParser } from './json-objects.ts';
import { isTleLine, tleFields } from './tle.ts';

type Accept = (record: OrbitalElements | string) => void;

/** Elements in JSON; calls `accept` with elements, or with what is wrong with them. */
export function createObjectParser(accept: Accept): RecordParser {
  return createObjectSplitter(
    (text) => accept(orReason(() => elementsOf(JSON.parse(text) as ElementFields))),
    accept,
  );
}

/** Lines of CSV with a header that has `NORAD_CAT_ID`, or two or three lines of TLE. */
export function createLineParser(accept: Accept): RecordParser {
  let rest = '';
  let columns: string[] | undefined;
  let name = '';
  let first = '';

  function line(text: string): void {
    if (text.trim() === '') return;
    if (columns) acceptCsv(columns, text, accept);
    else if (text.includes('NORAD_CAT_ID')) columns = csvValues(text);
    else if (isTleLine(text, 1)) {
      if (first !== '') accept('a first line without a second line');
      first = text;
    } else if (isTleLine(text, 2)) {
      if (first === '') accept('a second line without a first line');
      else accept(orReason(() => elementsOf(tleFields(name, first, text))));
      [name, first] = ['', ''];
    } else {
      // A name is followed by a first line.
      if (first !== '') accept('a first line without a second line');
      else if (name !== '') accept(`"${name.slice(0, 40)}" is not a line of elements`);
      [name, first] = [text.replace(/^0 /, '').trim().slice(0, 200), ''];
    }
  }

  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      lines.forEach(line);
      if (rest.length > MAX_RECORD) {
        accept(TOO_LONG);
        rest = '';
      }
    },
    finish() {
      line(rest);
      if (first !== '') accept('a first line without a second line');
      else if (name !== '') accept(`"${name.slice(0, 40)}" is not a line of elements`);
    },
  };
}

function acceptCsv(columns: readonly string[], text: string, accept: Accept): void {
  const values = csvValues(text);
  accept(
    orReason(() => {
      if (values.length !== columns.length)
        throw new Error(`${values.length} values in a line with ${columns.length} columns`);
      return elementsOf(Object.fromEntries(columns.map((column, k) => [column, values[k]])));
    }),
  );
}

/** RFC 4180 without line breaks in values. */
function csvValues(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((value) => value.trim());
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );
}

function orReason(read: () => OrbitalElements): OrbitalElements | string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
