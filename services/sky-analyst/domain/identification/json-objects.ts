/** Splits text that arrives in chunks into records. */
export interface RecordParser {
  push(text: string): void;
  finish(): void;
}

export const MAX_RECORD = 65_536;
export const TOO_LONG = `a record is longer than ${MAX_RECORD} characters`;

/**
 * Finds the JSON objects of an array, or one after the other. Calls `accept` with the text of each
 * and `reject` with the reason when one is too long or has no end; keeps one object in memory.
 */
export function createObjectSplitter(
  accept: (text: string) => void,
  reject: (reason: string) => void,
): RecordParser {
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
          accept(record + text.slice(start, k + 1));
          record = '';
        }
      }
      if (depth > 0) record += text.slice(record === '' ? start : 0);
      if (record.length > MAX_RECORD) {
        reject(TOO_LONG);
        [record, depth, isText] = ['', 0, false];
      }
    },
    finish() {
      if (depth > 0) reject('the last record has no end');
    },
  };
}
