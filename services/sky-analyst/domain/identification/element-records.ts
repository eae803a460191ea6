import { elementsOf, type ElementFields, type OrbitalElements } from './element-fields.ts';
import { isTleLine, tleFields } from './tle.ts';

/** Splits text into records; calls `accept` with elements, or with what is wrong with them. */
export interface RecordParser {
  push(text: string): void;
  finish(): void;
}

type Accept = (record: OrbitalElements | string) => void;

const MAX_RECORD = 65_536;
const TOO_LONG = `a record is longer than ${MAX_RECORD} characters`;

/** Flat JSON objects, of an array or one after the other. */
export function createObjectParser(accept: Accept): RecordParser {
  let record = '';
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  return {
    push(text) {
      let start = 0;
      for (let k = 0; k < text.length; k++) {
        const character = text[k];
        if (isEscaped) isEscaped = false;
        else if (isText) {
          if (character === '\\') isEscaped = true;
          else if (character === '"') isText = false;
        } else if (character === '"') isText = depth > 0;
        else if (character === '{' && depth++ === 0) start = k;
        else if (character === '}' && depth > 0 && --depth === 0) {
          acceptJson(record + text.slice(start, k + 1), accept);
          record = '';
        }
      }
      if (depth > 0) record += text.slice(record === '' ? start : 0);
      if (record.length > MAX_RECORD) {
        accept(TOO_LONG);
        [record, depth, isText] = ['', 0, false];
      }
    },
    finish() {
      if (depth > 0) accept('the last record has no end');
    },
  };
}

function acceptJson(text: string, accept: Accept): void {
  try {
    accept(elementsOf(JSON.parse(text) as ElementFields));
  } catch (error) {
    accept(error instanceof Error ? error.message : 'not JSON');
  }
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
