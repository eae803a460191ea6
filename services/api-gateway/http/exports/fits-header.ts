/** A keyword record: keyword, value (undefined: none) and comment. */
export type Card = readonly [
  keyword: string,
  value?: number | string | boolean | undefined,
  comment?: string,
];

/** FITS consists of blocks of this size (FITS standard 4.0, section 3.1). */
const BLOCK_BYTES = 2_880;
const CARD_BYTES = 80;
const CARDS_PER_BLOCK = BLOCK_BYTES / CARD_BYTES;
/** A text ends at column 80 at the latest, with both quotes. */
const MAX_TEXT = 68;
const VALUE_COLUMN = 30;

/** A header: whole blocks, ending with END (FITS standard 4.0, section 4). */
export function fitsHeader(cards: readonly Card[]): Buffer {
  const lines = [...cards.map(cardText), 'END'];
  const blocks = Math.ceil(lines.length / CARDS_PER_BLOCK);
  return Buffer.from(
    lines
      .map((line) => line.padEnd(CARD_BYTES))
      .join('')
      .padEnd(blocks * BLOCK_BYTES),
    'latin1',
  );
}

/** The first header of a file whose data follow in extensions. */
export function primaryHeader(cards: readonly Card[]): Buffer {
  return fitsHeader([
    ['SIMPLE', true, 'FITS standard 4.0'],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
    ...cards,
  ]);
}

/** The keyword records that begin the header of a table without a heap. */
export function tableCards(bytes: number, rows: number, fields: number): Card[] {
  return [
    ['XTENSION', 'BINTABLE'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', bytes],
    ['NAXIS2', rows],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['TFIELDS', fields],
  ];
}

/** Zeros that fill the last block after `bytes` of data. */
export function fitsPadding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

function cardText([keyword, value, comment]: Card): string {
  if (value === undefined) return `${keyword.padEnd(8)}${printable(comment ?? '')}`.slice(0, CARD_BYTES);
  const text = typeof value === 'string' ? quoted(value) : numberText(value).padStart(VALUE_COLUMN - 10);
  const card = `${keyword.padEnd(8)}= ${text}`;
  return (comment === undefined ? card : `${card.padEnd(VALUE_COLUMN)} / ${printable(comment)}`).slice(
    0,
    CARD_BYTES,
  );
}

function numberText(value: number | boolean): string {
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (Number.isInteger(value)) return String(value);
  return String(value).toUpperCase();
}

/** At least eight characters (section 4.2.1); quotes are doubled, and never cut apart. */
function quoted(text: string): string {
  let inside = '';
  for (const character of printable(text)) {
    const next = character === "'" ? "''" : character;
    if (inside.length + next.length > MAX_TEXT) break;
    inside += next;
  }
  return `'${inside.padEnd(8)}'`;
}

/** Headers are ASCII from space to tilde. */
function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?');
}
