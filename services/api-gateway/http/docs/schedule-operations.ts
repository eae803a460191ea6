import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { runsQueryDocs, upcomingQueryDocs } from '#contract/rest/schedules';
import {
  framesQueryDocs,
  levelsQueryDocs,
  stripQueryDocs,
  timeLapseQueryDocs,
} from '#contract/rest/schedule-history';
import { operation, type Errors } from './operation.ts';

const NO_SCHEDULE: Errors = { 404: 'Schedule not found' };
const NO_FRAMES =
  'The schedule has no completed sessions in this period, or they do not have the selected value';
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
  operation(
    'GET /api/schedules/{schedule_id}/levels',
    'Get the level of a direction over its sessions',
    'Of the cell at a direction, of the cells around it, or of a source of the catalogue. One entry per session; many sessions are summarised in equal intervals with median, minimum and maximum.',
    {
      query: levelsQueryDocs,
      otherMediaTypes: ['text/csv'],
      errors: { 404: 'Schedule not found; Source not found' },
    },
  ),
  operation(
    'GET /api/schedules/{schedule_id}/timelapse',
    'List the frames of the time lapse',
    'Its completed sessions, oldest first, and the scale that they have in common.',
    { query: framesQueryDocs, errors: NO_SCHEDULE },
  ),
  operation(
    'GET /api/schedules/{schedule_id}/timelapse.gif',
    'Get the time lapse',
    'The maps of its completed sessions as an animated GIF. All frames have the same scale: the 1st to the 99th percentile of all of them.',
    { query: timeLapseQueryDocs, errors: { ...NO_SCHEDULE, 409: NO_FRAMES } },
  ),
  operation(
    'GET /api/schedules/{schedule_id}/timelapse-strip.png',
    'Get the time lapse as a picture',
    'The maps of its completed sessions side by side, each with its time.',
    { query: stripQueryDocs, errors: { ...NO_SCHEDULE, 409: NO_FRAMES } },
  ),
];
