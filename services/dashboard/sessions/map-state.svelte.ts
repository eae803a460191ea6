import { untrack } from 'svelte';
import type { LevelRange } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { mapPreferences, overrideProjection } from '../lib/map-preferences.svelte.ts';
import { currentLocation, setQuery } from '../lib/router.ts';
import { mapQuery, parseMapAddress, type MapAddress } from './map-address.ts';

// Browsers limit how often a page may change its address; dragging a slider would exceed that.
const WRITE_AFTER_MS = 300;

/**
 * The map settings of a session page, kept in sync with its address. Create it during component
 * initialisation.
 */
export class MapState {
  fit = $state(false);
  range = $state.raw<LevelRange | undefined>();
  cell = $state.raw<{ row: number; column: number } | undefined>();

  /** The settings last read from or written to the address. */
  #synced = '';

  /** `map` returns undefined while the map loads. */
  constructor(map: () => SkyMap | undefined) {
    untrack(() => this.#apply(parseMapAddress(currentLocation().query)));
    const projectionBefore = untrack(() => mapPreferences.projection);
    $effect(() => () => overrideProjection(undefined));
    $effect(() => {
      const given = parseMapAddress(currentLocation().query);
      untrack(() => {
        if (textOf(given) !== this.#synced) this.#apply(given);
      });
    });
    // Drops a cell outside the grid.
    $effect(() => {
      const grid = map();
      if (grid && !hasCell(grid, this.cell)) this.cell = undefined;
    });
    $effect(() => {
      const { projection } = mapPreferences;
      const { fit, range, cell } = this;
      // Also corrects an address edited by hand.
      currentLocation();
      const timer = setTimeout(() => {
        const { query } = currentLocation();
        const isChosen = query.has('projection') || projection !== projectionBefore;
        const address = { projection: isChosen ? projection : undefined, fit, range, cell };
        this.#synced = textOf(address);
        const changes = mapQuery(address);
        const hasChanged = Object.entries(changes).some(
          ([name, text]) => (query.get(name) ?? undefined) !== text,
        );
        if (hasChanged) setQuery(changes);
      }, WRITE_AFTER_MS);
      return () => clearTimeout(timer);
    });
  }

  #apply(given: MapAddress): void {
    this.#synced = textOf(given);
    this.fit = given.fit;
    this.range = given.range;
    this.cell = given.cell;
    overrideProjection(given.projection);
  }
}

function textOf(address: MapAddress): string {
  return JSON.stringify(mapQuery(address));
}

/** Whether a cell lies inside the grid; true for undefined. */
export function hasCell(map: SkyMap, cell: { row: number; column: number } | undefined): boolean {
  return cell === undefined || cell.column < map.columnsInRow(cell.row);
}
