import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { runsQueryDocs, upcomingQueryDocs } from '#contract/rest/schedules';
import { operation, type Errors } from './operation.ts';

const NO_SCHEDULE: Errors = { 404: 'Schedule not found' };
const REFUSED: Errors = {
  400: 'What a start of the scan would refuse, with the same message',
};

/** `/api/schedules*`. */
export const scheduleOperations: RouteConfig[] = [
  operation(
    'GET /api/schedules',
    'List the schedules',
    'Oldest first, each with its last run and the time of the next one.',
  ),
  operation(
    'POST /api/schedules',
    'Create a schedule',
    `Scans that start at their times, unattended. One gateway starts a run, however many there are, also after a restart. A run
that nobody was there to start is missed after 5 minutes; with catch_up latest, the latest of those starts late. Deleting the rotor
deletes its schedules.`,
    { status: 201, errors: { ...REFUSED, 404: 'Rotor not found' } },
  ),
  operation('GET /api/schedules/{schedule_id}', 'Get a schedule', '', { errors: NO_SCHEDULE }),
  operation(
    'PUT /api/schedules/{schedule_id}',
    'Replace a schedule',
    'Its history stays. A run that waits is skipped; a scan that is running continues.',
    { errors: { ...REFUSED, 404: 'Schedule not found; Rotor not found' } },
  ),
  operation(
    'DELETE /api/schedules/{schedule_id}',
    'Delete a schedule',
    'And its history. Its sessions stay; a scan that is running continues.',
    { errors: NO_SCHEDULE },
  ),
  operation(
    'POST /api/schedules/{schedule_id}/pause',
    'Pause a schedule',
    'No run is due until it is resumed. A scan that is running continues.',
    { errors: NO_SCHEDULE },
  ),
  operation(
    'POST /api/schedules/{schedule_id}/resume',
    'Resume a schedule',
    'Runs that were due meanwhile are not started.',
    { errors: NO_SCHEDULE },
  ),
  operation(
    'POST /api/schedules/{schedule_id}/run',
    'Run now',
    'Starts the scan at once, also in quiet hours and while the schedule is paused; when the rotor has a scan, afterwards.',
    { status: 202, errors: { ...NO_SCHEDULE, 409: 'The schedule has a run at this moment' } },
  ),
  operation('GET /api/schedules/{schedule_id}/runs', 'Get the history', 'Newest first.', {
    query: runsQueryDocs,
    errors: NO_SCHEDULE,
  }),
  operation(
    'GET /api/schedules/{schedule_id}/upcoming',
    'List the next runs',
    'The times at which runs are due next; empty: none, or paused.',
    { query: upcomingQueryDocs, errors: NO_SCHEDULE },
  ),
];
