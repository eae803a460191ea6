import { Cron } from 'croner';
import { figure, type Figure } from '../../bench/row.ts';
import { startBenchPostgres } from '../../bench/bench-postgres.ts';
import { alertOf, EXPECTED, localHours, runMonth } from './month.ts';

// Four scans a day; the night in which summer time begins is among the last ones.
const CRON = '0 */6 * * *';
const HOURS = [0, 6, 12, 18];
const SUMMER_TIME_MS = Date.UTC(2026, 2, 29, 1);
const QUARTER_DAY_MS = 6 * 3_600_000;
/** Scans after the quiet ones, and in which of them something happens. */
const LATER = 24;
const CHANGES = { appears: 1, moves: 4, brightens: 7, disappears: 10, rains: 13, steps: 16 };
/** The clock changes in this scan. */
const SUMMER_TIME = 20;

/**
 * A month of scans through schedule, gateway, baseline and alerts: first without a change, then
 * with one after the other.
 */
export async function monthFigures(seed: number, quietScans: number): Promise<Figure[]> {
  const scans = quietScans + LATER;
  const fromMs = SUMMER_TIME_MS - (quietScans + SUMMER_TIME) * QUARTER_DAY_MS;
  const changes = Object.fromEntries(
    Object.entries(CHANGES).map(([event, scan]) => [event, quietScans + scan]),
  ) as typeof CHANGES;
  const postgres = await startBenchPostgres();
  try {
    const month = await runMonth(postgres.url, { seed, cron: CRON, fromMs, scans, changes });
    const firstChanged = month.sessionIds[quietScans] as number;
    const found = Object.entries(EXPECTED).map(([event, expected]) => ({
      event,
      alert: alertOf(month, expected, changes[event as keyof typeof EXPECTED]),
      session: month.sessionIds[changes[event as keyof typeof EXPECTED]],
    }));
    const expected = found.map(({ alert }) => alert?.id);
    const isWrong = ({ id }: { id: number }) => !expected.includes(id);
    const before = month.alerts.filter(({ raisedBy }) => raisedBy !== null && raisedBy < firstChanged);
    const cron = new Cron(CRON, { timezone: 'Europe/Berlin' });
    const due = cron.nextRuns(scans, new Date(fromMs)).map((date) => date.getTime());
    return [
      figure('scans', scans, '', { min: scans }),
      figure('runs at other times than croner', month.dueMs.filter((ms, k) => ms !== due[k]).length, '', {
        exactly: 0,
      }),
      figure(
        'local hours of the runs',
        localHours(month.dueMs).filter((hour) => HOURS.includes(hour)).length,
        '',
        {
          exactly: HOURS.length,
        },
      ),
      figure(`false alerts in ${quietScans} scans without a change`, before.length, '', { exactly: 0 }),
      ...found.map(({ event, alert, session }) =>
        figure(
          `${event}: raised in the next scan`,
          alert !== undefined && alert.raisedBy === session ? 1 : 0,
          '',
          {
            exactly: 1,
          },
        ),
      ),
      figure(
        'other alerts while sources change, in rain, gain step and summer time',
        month.alerts.filter(isWrong).length - before.length,
        '',
        { exactly: 0 },
      ),
    ];
  } finally {
    await postgres.stop();
  }
}
