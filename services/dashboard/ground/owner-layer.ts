import type { Site } from '#shared/sky/site';
import { readStored, writeStored } from '../lib/storage.ts';

/** Lines and points that the owner draws under the map. */
export interface OwnerLayer {
  name: string;
  lines: Site[][];
  points: (Site & { name: string })[];
}

const NAME = 'sky-scan.ground-layer';
const MAX_POSITIONS = 100_000;
/** Browsers store 5 MB for all of Sky Scan. */
const MAX_STORED_CHARACTERS = 2_000_000;

/**
 * Reads GeoJSON (RFC 7946): a geometry, a feature or a collection. Throws an error that says what
 * is wrong.
 */
export function parseLayer(name: string, text: string): OwnerLayer {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON: open a GeoJSON file`);
  }
  const layer: OwnerLayer = { name, lines: [], points: [] };
  addGeometry(layer, document, '');
  const count = layer.points.length + layer.lines.reduce((sum, line) => sum + line.length, 0);
  if (count === 0) throw new Error(`${name} has no points, lines or polygons: open a GeoJSON file`);
  if (count > MAX_POSITIONS)
    throw new Error(`${name} has ${count} positions; at most ${MAX_POSITIONS} can be drawn`);
  return layer;
}

/** The stored layer; undefined: none, or it cannot be read. */
export function storedLayer(): OwnerLayer | undefined {
  const stored = readStored(NAME);
  if (stored === undefined) return undefined;
  try {
    const { name, text } = JSON.parse(stored) as { name: string; text: string };
    return parseLayer(name, text);
  } catch {
    return undefined;
  }
}

/** Keeps a layer in this browser, undefined removes it; false: it is too large. */
export function storeLayer(layer: { name: string; text: string } | undefined): boolean {
  const stored = layer && JSON.stringify(layer);
  if (stored !== undefined && stored.length > MAX_STORED_CHARACTERS) {
    writeStored(NAME, undefined);
    return false;
  }
  writeStored(NAME, stored);
  return readStored(NAME) === stored;
}

interface GeoJson {
  type?: unknown;
  features?: unknown;
  geometries?: unknown;
  geometry?: unknown;
  coordinates?: unknown;
  properties?: { name?: unknown } | null;
}

function addGeometry(layer: OwnerLayer, input: unknown, name: string): void {
  if (typeof input !== 'object' || input === null) return;
  const { type, features, geometries, geometry, coordinates, properties } = input as GeoJson;
  switch (type) {
    case 'FeatureCollection':
      for (const feature of list(features)) addGeometry(layer, feature, '');
      return;
    case 'GeometryCollection':
      for (const part of list(geometries)) addGeometry(layer, part, name);
      return;
    case 'Feature':
      addGeometry(layer, geometry, typeof properties?.name === 'string' ? properties.name : '');
      return;
    case 'Point':
      addPoint(layer, coordinates, name);
      return;
    case 'MultiPoint':
      for (const point of list(coordinates)) addPoint(layer, point, name);
      return;
    case 'LineString':
      addLine(layer, coordinates);
      return;
    case 'MultiLineString':
    case 'Polygon':
      for (const line of list(coordinates)) addLine(layer, line);
      return;
    case 'MultiPolygon':
      for (const polygon of list(coordinates)) for (const line of list(polygon)) addLine(layer, line);
  }
}

function addPoint(layer: OwnerLayer, coordinates: unknown, name: string): void {
  const site = siteOf(coordinates);
  if (site) layer.points.push({ ...site, name });
}

function addLine(layer: OwnerLayer, coordinates: unknown): void {
  const line = list(coordinates).flatMap((position) => siteOf(position) ?? []);
  if (line.length > 1) layer.lines.push(line);
}

function siteOf(position: unknown): Site | undefined {
  const [longitudeDeg, latitudeDeg] = list(position);
  if (typeof longitudeDeg !== 'number' || typeof latitudeDeg !== 'number') return undefined;
  return Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 540
    ? { latitudeDeg, longitudeDeg }
    : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
