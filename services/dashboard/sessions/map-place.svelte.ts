import { untrack } from 'svelte';
import type { LevelRange } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { mapChoices, showProjection } from '../lib/map-choices.svelte.ts';
import { currentLocation, setQuery } from '../lib/router.ts';
import { mapQuery, parseMapAddress, type MapAddress } from './map-address.ts';

// Browsers refuse hundreds of changes of the address within seconds: a slider makes as many.
const WRITE_AFTER_MS = 300;

/**
 * How the map of a session is looked at: as its address says, which follows every change. Made
 * while a component is.
 */
export class MapPlace {
  fit = $state(false);
  range = $state.raw<LevelRange | undefined>();
  cell = $state.raw<{ row: number; column: number } | undefined>();

  /** What the address said last, or was made to say. */
  #known = '';

  /** `map`: undefined while it is not loaded. */
  constructor(map: () => SkyMap | undefined) {
    untrack(() => this.#take(parseMapAddress(currentLocation().query)));
    const projectionBefore = untrack(() => mapChoices.projection);
    $effect(() => () => showProjection(undefined));
    $effect(() => {
      const given = parseMapAddress(currentLocation().query);
      untrack(() => {
        if (textOf(given) !== this.#known) this.#take(given);
      });
    });
    // A cell that the grid does not have.
    $effect(() => {
      const grid = map();
      if (grid && !hasCell(grid, this.cell)) this.cell = undefined;
    });
    $effect(() => {
      const { projection } = mapChoices;
      const { fit, range, cell } = this;
      // An address that is typed while the page is open is put right, too.
      currentLocation();
      const timer = setTimeout(() => {
        const { query } = currentLocation();
        const isChosen = query.has('projection') || projection !== projectionBefore;
        const address = { projection: isChosen ? projection : undefined, fit, range, cell };
        this.#known = textOf(address);
        const changes = mapQuery(address);
        const isNew = Object.entries(changes).some(([name, text]) => (query.get(name) ?? undefined) !== text);
        if (isNew) setQuery(changes);
      }, WRITE_AFTER_MS);
      return () => clearTimeout(timer);
    });
  }

  #take(given: MapAddress): void {
    this.#known = textOf(given);
    this.fit = given.fit;
    this.range = given.range;
    this.cell = given.cell;
    showProjection(given.projection);
  }
}

function textOf(address: MapAddress): string {
  return JSON.stringify(mapQuery(address));
}

/** Whether a grid has a cell; true for none. */
export function hasCell(map: SkyMap, cell: { row: number; column: number } | undefined): boolean {
  return cell === undefined || cell.column < map.columnsInRow(cell.row);
}
