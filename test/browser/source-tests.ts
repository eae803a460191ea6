import { expect, test } from 'vitest';
import type { Candidate } from '#contract/rest/candidates';
import { until } from '../support/until.ts';
import type { Visit } from '../support/visit.ts';
import { sourceAt } from '../support/stored-sources.ts';

/** A candidate, probable or not. */
const candidate = (
  name: string,
  kind: Candidate['kind'],
  posterior: number,
  warnings: string[] = [],
): Candidate => ({
  name,
  kind,
  posterior,
  chance: 0.02,
  distance: 1.1,
  agrees: posterior > 0.5 ? ['frequency'] : [],
  warnings,
});

/** Sources of every kind; the first one is in the channels `from_hz` to `to_hz`. */
export function storedSources(from_hz: number, to_hz: number) {
  const narrow = { is_narrow: true, channels: [{ from_hz, to_hz }] };
  const wide = [{ from_hz: 432.9e6, to_hz: 434.9e6 }];
  const unsure = [
    candidate('NOAA 19', 'satellite', 0.6, ['elements are 12 days old']),
    candidate('METEOR-M2 3', 'satellite', 0.3),
  ];
  return [
    sourceAt(20, 14, 0.1, { ...narrow, peak_db: 24, snr: 210 }),
    sourceAt(6, 18, 0.4, {
      channels: wide,
      peak_db: 9.2,
      identity: 'Sun',
      candidates: [candidate('Sun', 'sun', 0.995)],
    }),
    sourceAt(9, 11, 0.7, { channels: wide, peak_db: 6, candidates: unsure }),
    sourceAt(30, 19, 0.2, { ...narrow, peak_db: 5, covariance_xx: 0.9 }),
    sourceAt(31, 19.6, 0.2, { channels: wide, peak_db: 4.8 }),
    sourceAt(26, 13, 0.3, { channels: wide, peak_db: 4, flags: ['sidelobe'] }),
    sourceAt(13, 20, 0.3, { channels: wide, peak_db: 3.5, flags: ['moving', 'edge'] }),
    sourceAt(34, 11, 0.5, { channels: wide, peak_db: 3, flags: ['rfi'] }),
    sourceAt(2, 12, 0.5, { channels: wide, peak_db: 2 }),
  ];
}

/** Sources on the map, in the table and in the catalogue; `id`: of the session that has them. */
export function sourceTests(visitOf: () => Visit, id: () => number): void {
  const address = () => decodeURIComponent(new URL(visitOf().page.url()).hash);
  const has = (part: string) => until(`${part} in the address`, () => address().includes(part));

  test('keys select sources on the map, and their switch hides them', async () => {
    const visit = visitOf();
    const { page } = visit;
    await visit.open(`scan/sessions/${id()}`);
    const shows = page.getByLabel('Sources', { exact: true });
    await shows.waitFor();
    await page.keyboard.press(']');
    await has('source=1');
    await page.getByText('Source 1: 20.0° ± 0.1° (NNE), 434.184 MHz').waitFor();
    await page.keyboard.press('[');
    await has('source=9');
    await page.keyboard.press('Escape');
    await until('no source', () => !address().includes('source='));
    await shows.uncheck();
    await shows.check();
  });

  test('the table has what is known of each, and leads to its spectrum', async () => {
    const { page } = visitOf();
    await page.getByRole('link', { name: 'Sources', exact: true }).click();
    await page.getByText('Strongest: 20.0° ± 0.1° (NNE)').waitFor();
    await page.getByRole('button', { name: 'Source 3' }).click();
    await has('source=3');
    await page.getByText('elements are 12 days old').waitFor();
    await page.getByRole('button', { name: 'Narrow' }).click();
    await page.getByText('2 of 9 sources').waitFor();
    await page.getByRole('link', { name: 'spectrum', exact: true }).first().click();
    await has('band=434152');
    await has('cell=4,20');
  });

  test('the catalogue lists and names them', async () => {
    const visit = visitOf();
    const { page } = visit;
    await visit.open('sky');
    await page.getByRole('link', { name: '20°, 434.184 MHz' }).click();
    await page.getByRole('heading', { level: 1, name: '20°, 434.184 MHz' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Weather station');
    await page.getByLabel('Known').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Weather station' }).waitFor();
    await page.getByRole('link', { name: `Session ${id()}, source 1` }).waitFor();
    await page.getByText('1 of 1 session').waitFor();
    await page.getByText('Line: a Gaussian beam of 8.0° above', { exact: false }).waitFor();
    await visit.open('sky?known=true');
    await page.getByRole('link', { name: 'Weather station' }).waitFor();
    await page.getByText('1 of 9').waitFor();
    expect(visit.faults).toEqual([]);
  });

  test('changes of the catalogue can be undone', async () => {
    const visit = visitOf();
    const { page } = visit;
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const undo = page.getByRole('status', { name: 'Changes' });
    await page.getByRole('link', { name: 'Weather station' }).click();
    await heading('Weather station');
    await page.getByLabel('Name', { exact: true }).fill('Pager');
    await page.getByRole('button', { name: 'Save' }).click();
    await heading('Pager');
    await undo.getByText('Pager: renamed.').waitFor();
    await undo.getByRole('button', { name: 'Undo: Pager: renamed.' }).click();
    await heading('Weather station');
    await undo.getByText('Pager: renamed.').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Ignore', exact: true }).click();
    await visit.open('sky?ignored=true');
    await page.getByRole('link', { name: 'Weather station' }).waitFor();
    // The last change, from any page.
    await page.keyboard.press('u');
    await undo.getByText('Ignored: Weather station.').waitFor({ state: 'detached' });
    await visit.open('sky');
    await page.getByRole('link', { name: 'Weather station' }).click();

    await page.getByText('The same source as another entry').click();
    await page.getByLabel('Other entry').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Merge into this entry' }).click();
    await page.getByText(/^Entry \d+ is merged into this one\.$/).waitFor();
    await page
      .getByRole('link', { name: /^Session \d+, source/ })
      .nth(1)
      .waitFor();
    await undo.getByText(/Merged .* into Weather station\./).waitFor();
    await undo.getByRole('button', { name: /^Undo: Merged/ }).click();
    await page.getByText(/is merged into this one/).waitFor({ state: 'detached' });
    await until(
      'one sighting',
      async () => (await page.getByRole('link', { name: /, source \d/ }).count()) === 1,
    );
    expect(visit.faults).toEqual([]);
  });
}
