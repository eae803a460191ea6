import { untrack } from 'svelte';
import type { InterferenceValue } from '#contract/interference-values';
import type { OverlayKind } from '#contract/known-sky-values';
import type { Statistic } from '#shared/spectrum/point-spectrum';
import type { LevelRange } from '#sky-map/range';
import type { SkyMap } from '#sky-map/sky-map';
import { mapPreferences, overrideProjection } from '../lib/map-preferences.svelte.ts';
import { currentLocation, setQuery } from '../lib/router.ts';
import {
  parseSelection,
  selectCell,
  selectionQuery,
  type Band,
  type Cell,
  type SelectionAddress,
} from './selection-address.ts';

// Browsers limit how often a page may change its address; dragging a slider would exceed that.
const WRITE_AFTER_MS = 300;

/**
 * What is selected in a session, for all its views, and the settings of its map: kept in sync with
 * the address. Create it during component initialisation.
 */
export class Selection {
  fit = $state(false);
  range = $state.raw<LevelRange | undefined>();
  #cells = $state.raw<readonly Cell[]>([]);
  readonly #map: () => SkyMap | undefined;
  #band = $state.raw<Band | undefined>();
  #interference = $state<InterferenceValue | undefined>();
  statistic = $state<Statistic>('mean');
  /** Number of the selected source. */
  source = $state<number | undefined>();
  /** Index of the band of the receiver whose spectra are shown, from 0. */
  bandIndex = $state(0);
  /** Known objects on the map. */
  overlays = $state.raw<readonly OverlayKind[]>([]);
  /** The cell under the pointer or the keyboard cursor of any view; not in the address. */
  hovered = $state.raw<Cell | undefined>();
  /** The query that restores the selection on another tab. */
  readonly query = $derived.by(() => {
    const changes = Object.entries(selectionQuery(this.#address()));
    const query = new URLSearchParams(currentLocation().query);
    for (const [name, text] of changes)
      if (text === undefined) query.delete(name);
      else query.set(name, text);
    return query.toString();
  });
  /** The settings last read from or written to the address. */
  #synced = '';
  readonly #projectionBefore = untrack(() => mapPreferences.projection);

  /** `map` returns undefined while the map loads; it depends on the number of its cells. */
  constructor(map: () => SkyMap | undefined) {
    this.#map = map;
    untrack(() => this.#apply(parseSelection(currentLocation().query)));

    $effect(() => () => overrideProjection(undefined));

    $effect(() => {
      const given = parseSelection(currentLocation().query);
      untrack(() => {
        if (textOf(given) !== this.#synced) this.#apply(given);
      });
    });

    $effect(() => {
      const address = this.#address();
      const changes = selectionQuery(address);
      // Also corrects an address edited by hand.
      currentLocation();
      const timer = setTimeout(() => {
        const { query } = currentLocation();
        this.#synced = textOf(address);
        const hasChanged = Object.entries(changes).some(
          ([name, text]) => (query.get(name) ?? undefined) !== text,
        );
        if (hasChanged) setQuery(changes);
      }, WRITE_AFTER_MS);
      return () => clearTimeout(timer);
    });
  }

  get band(): Band | undefined {
    return this.#band;
  }

  set band(band: Band | undefined) {
    this.#band = band;
    if (band) this.#interference = undefined;
  }

  /** What the map shows of the search for interference, instead of a band. */
  get interference(): InterferenceValue | undefined {
    return this.#interference;
  }

  set interference(name: InterferenceValue | undefined) {
    this.#interference = name;
    if (name !== undefined) this.#band = undefined;
  }

  /** The map shows the levels of the points. */
  showLevels(): void {
    this.#band = this.#interference = undefined;
    this.statistic = 'mean';
  }

  /** The selected cells, newest first. */
  get cells(): readonly Cell[] {
    // The address may name cells outside the map.
    const map = this.#map();
    return map ? this.#cells.filter(({ row, column }) => map.has(row, column)) : this.#cells;
  }

  set cells(cells: readonly Cell[]) {
    this.#cells = cells;
  }

  /** The selected cell. */
  get cell(): Cell | undefined {
    return this.cells[0];
  }

  /** Selects a cell; the cells selected before it stay as pins. */
  select(cell: Cell | undefined): void {
    if (cell) this.cells = selectCell(this.cells, cell);
  }

  /** Moves the selection to another cell, for example with a slider; the pins stay. */
  move(cell: Cell): void {
    this.cells = selectCell(this.cells.slice(1), cell);
  }

  #address(): SelectionAddress {
    const { projection } = mapPreferences;
    const { fit, range, cells, band, statistic, interference, source, bandIndex, overlays } = this;
    const isChosen = currentLocation().query.has('projection') || projection !== this.#projectionBefore;
    return {
      projection: isChosen ? projection : undefined,
      fit,
      range,
      cell: cells[0],
      pins: cells.slice(1),
      band,
      statistic,
      interference,
      source,
      bandIndex,
      overlays,
    };
  }

  #apply(given: SelectionAddress): void {
    this.#synced = textOf(given);
    this.fit = given.fit;
    this.range = given.range;
    this.cells = given.cell ? [given.cell, ...given.pins] : [];
    this.#band = given.band;
    this.#interference = given.interference;
    this.statistic = given.statistic;
    this.source = given.source;
    this.bandIndex = given.bandIndex;
    this.overlays = given.overlays;
    overrideProjection(given.projection);
  }
}

function textOf(address: SelectionAddress): string {
  return JSON.stringify(selectionQuery(address));
}
