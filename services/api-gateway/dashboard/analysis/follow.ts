import type { SkyMap } from '../../map/sky-map.ts';

/** The part of a live session that is followed. */
export interface Followed {
  readonly table: { readonly map: Pick<SkyMap, 'onChange'> } | undefined;
  onChange(listener: () => void): () => void;
}

/** Tells of every change of a session and of its cells, also of a table that comes later or takes the place of another. Returns what ends it. */
export function follow(session: Followed, told: () => void): () => void {
  let table: Followed['table'];
  let leaveTable: (() => void) | undefined;

  function hear(): void {
    if (session.table !== table) {
      leaveTable?.();
      table = session.table;
      leaveTable = table?.map.onChange(told);
    }
    told();
  }

  const leave = session.onChange(hear);
  hear();
  return () => {
    leave();
    leaveTable?.();
  };
}
