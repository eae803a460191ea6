import { PALETTES, PROJECTIONS } from '#contract/map-options';
import type { PaletteName } from '#sky-map/palettes';
import type { ProjectionName } from '#sky-map/projections';
import { writeStored, readStored } from './storage.ts';

/** Projection and palette of all maps, kept in the browser's storage. */
export const mapPreferences = {
  get projection(): ProjectionName {
    return override ?? projection;
  },
  set projection(name: ProjectionName) {
    projection = name;
    override = undefined;
    writeStored('sky-scan.projection', name);
  },
  get palette(): PaletteName {
    return palette;
  },
  set palette(name: PaletteName) {
    palette = name;
    writeStored('sky-scan.palette', name);
  },
};

/**
 * Overrides the projection with the one in the page's address; undefined removes the override. Not
 * stored.
 */
export function overrideProjection(name: ProjectionName | undefined): void {
  override = name;
}

/**
 * The projection for a map with `rows` rows: a polar map would show a single row as a thin ring.
 */
export function projectionFor(rows: number | undefined): ProjectionName {
  return rows === 1 ? 'rectangular' : mapPreferences.projection;
}

let projection = $state(known(PROJECTIONS, readStored('sky-scan.projection')) ?? 'polar');
let override = $state<ProjectionName | undefined>();
let palette = $state<PaletteName>(known(PALETTES, readStored('sky-scan.palette')) ?? 'viridis');

function known<Name extends string>(names: readonly Name[], text: string | undefined): Name | undefined {
  return names.find((name) => name === text);
}
