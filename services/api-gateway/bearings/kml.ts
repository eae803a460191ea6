import type { Feature, FeatureCollection, Position } from './geojson.ts';

/** The same features as a KML 2.2 document (OGC 07-147r2), for Google Earth and others. */
export function geoJsonToKml(name: string, { features, no_place }: FeatureCollection): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<kml xmlns="http://www.opengis.net/kml/2.2">',
    '<Document>',
    `<name>${escaped(name)}</name>`,
    ...(no_place ? [`<description>${escaped(no_place.message)}</description>`] : []),
    ...features.map(placemark),
    '</Document>',
    '</kml>',
    '',
  ].join('\n');
}

function placemark({ geometry, properties }: Feature): string {
  const { name, ...others } = properties;
  const data = Object.entries(others)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `<Data name="${escaped(key)}"><value>${escaped(String(value))}</value></Data>`);
  return [
    '<Placemark>',
    `<name>${escaped(String(name ?? ''))}</name>`,
    `<ExtendedData>${data.join('')}</ExtendedData>`,
    shape(geometry),
    '</Placemark>',
  ].join('\n');
}

function shape(geometry: Feature['geometry']): string {
  switch (geometry.type) {
    case 'Point':
      return `<Point>${coordinates([geometry.coordinates])}</Point>`;
    case 'LineString':
      return `<LineString><tessellate>1</tessellate>${coordinates(geometry.coordinates)}</LineString>`;
    case 'Polygon': {
      const [outer = []] = geometry.coordinates;
      return `<Polygon><outerBoundaryIs><LinearRing>${coordinates(outer)}</LinearRing></outerBoundaryIs></Polygon>`;
    }
  }
}

function coordinates(positions: readonly Position[]): string {
  return `<coordinates>${positions.map((position) => position.join(',')).join(' ')}</coordinates>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Without control characters, which XML 1.0 does not allow. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
