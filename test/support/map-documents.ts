/** What RFC 7946 does not allow in a feature collection; empty: it is valid. */
export function geoJsonProblems(document: unknown): string[] {
  const { type, features, ...others } = document as { type: unknown; features: unknown };
  if (type !== 'FeatureCollection' || !Array.isArray(features)) return ['not a feature collection'];
  const problems = 'crs' in others ? ['crs was removed'] : [];
  features.forEach((feature: { type: unknown; geometry: unknown; properties: unknown }, k) => {
    if (feature.type !== 'Feature' || typeof feature.properties !== 'object')
      problems.push(`feature ${k}: type or properties`);
    problems.push(...geometryProblems(feature.geometry).map((problem) => `feature ${k}: ${problem}`));
  });
  return problems;
}

function geometryProblems(geometry: unknown): string[] {
  const { type, coordinates } = geometry as { type: string; coordinates: unknown };
  switch (type) {
    case 'Point':
      return positionProblems([coordinates]);
    case 'LineString':
      return (coordinates as unknown[]).length < 2
        ? ['a line needs two positions']
        : positionProblems(coordinates as unknown[]);
    case 'Polygon':
      return (coordinates as [number, number][][]).flatMap(ringProblems);
    default:
      return [`geometry ${type}`];
  }
}

function ringProblems(ring: [number, number][], index: number): string[] {
  const problems = positionProblems(ring);
  if (ring.length < 4) problems.push('a ring needs four positions');
  if (JSON.stringify(ring[0]) !== JSON.stringify(ring.at(-1))) problems.push('an open ring');
  const twiceArea = ring.slice(1).reduce((sum, [x, y], k) => {
    const [fromX, fromY] = ring[k] ?? [x, y];
    return sum + fromX * y - x * fromY;
  }, 0);
  if (twiceArea > 0 !== (index === 0)) problems.push('a ring against the right-hand rule');
  return problems;
}

function positionProblems(positions: unknown[]): string[] {
  const isValid = (position: unknown) =>
    Array.isArray(position) &&
    (position.length === 2 || position.length === 3) &&
    position.every((value) => typeof value === 'number' && Number.isFinite(value)) &&
    Math.abs(position[0] as number) <= 180 &&
    Math.abs(position[1] as number) <= 90;
  return positions.filter((position) => !isValid(position)).map((each) => `position ${JSON.stringify(each)}`);
}

/**
 * What is wrong with an XML document of tags, texts and entities, without comments and sections:
 * tags that are open at the end or where another one ends, and bare `<` and `&`.
 */
export function openTags(xml: string): string[] {
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml [^?]*\?>/, '')
    .replace(/<(\/?)([\w:]+)([^<>]*)>/g, (tag, end: string, name: string, attributes: string) => {
      if (!/^(\s+[\w:]+="[^"<&]*(&\w+;[^"<&]*)*")*\s*\/?$/.test(attributes)) return tag;
      if (end === '/') {
        const last = open.pop();
        if (last !== name) open.push(`${last ?? ''} ends as ${name}`);
      } else if (!attributes.endsWith('/')) open.push(name);
      return '';
    });
  const bare = rest.replace(/&(amp|lt|gt|quot|apos|#\d+);/g, '').match(/[<>&]/g) ?? [];
  return [...open, ...bare];
}
