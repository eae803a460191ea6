/** Ids are PostgreSQL integers. */
export const MAX_ID = 2_147_483_647;

/** The id in a path; undefined for anything that cannot be an id. */
export function parseId(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_ID ? id : undefined;
}
