import type { Keep, QuietHours, ScheduleBody } from '#contract/rest/schedules';
import type { ScanRequestBody } from '#contract/rest/sessions';

/** When a scan starts: the choices of the form, which cover the common triggers. */
export const WHEN = [
  { value: 'daily', text: 'Every day' },
  { value: 'weekly', text: 'Every week' },
  { value: 'interval', text: 'Every few hours' },
  { value: 'sidereal', text: 'At a sidereal time' },
  { value: 'sunrise', text: 'Around sunrise' },
  { value: 'sunset', text: 'Around sunset' },
  { value: 'once', text: 'Once' },
  { value: 'cron', text: 'Cron expression' },
] as const;
export type When = (typeof WHEN)[number]['value'];

/** Texts as typed. */
export interface ScheduleForm {
  name: string;
  when: When;
  /** 03:00 */
  time: string;
  /** 0: Sunday. */
  weekday: string;
  hours: string;
  siderealHours: string;
  offsetMin: string;
  /** Local time of the browser: 2027-03-28T03:00 */
  at: string;
  expression: string;
  timeZone: string;
  waits: boolean;
  catchesUp: boolean;
  isQuietAtNight: boolean;
  quiet: QuietHours;
  /** Of housekeeping: whether old sessions are deleted. */
  thinsOut: boolean;
  keepLast: string;
  keepThen: '' | NonNullable<Keep['then']>;
}

/** The form before anything is typed. `timeZone`: that of the browser. */
export function emptyForm(timeZone: string): ScheduleForm {
  return {
    name: '',
    when: 'daily',
    time: '03:00',
    weekday: '0',
    hours: '6',
    siderealHours: '0',
    offsetMin: '0',
    at: '',
    expression: '0 3 * * *',
    timeZone,
    waits: false,
    catchesUp: false,
    isQuietAtNight: false,
    quiet: { from: '22:00', to: '06:00' },
    thinsOut: false,
    keepLast: '100',
    keepThen: 'one_per_day',
  };
}

/** The body of POST /api/schedules. Problems of the input are left to the API. */
export function toSchedule(form: ScheduleForm, scan: ScanRequestBody): ScheduleBody {
  return {
    name: form.name,
    trigger: toTrigger(form),
    time_zone: form.timeZone,
    scan,
    overlap: form.waits ? 'queue' : 'skip',
    catch_up: form.catchesUp ? 'latest' : 'none',
    quiet_hours: form.isQuietAtNight ? { ...form.quiet } : null,
    ...(form.thinsOut && {
      keep: { last: numberOf(form.keepLast), then: form.keepThen === '' ? null : form.keepThen },
    }),
  };
}

function toTrigger(form: ScheduleForm): ScheduleBody['trigger'] {
  const [hour = '', minute = ''] = form.time.split(':').map((part) => part.replace(/^0(?=\d)/, ''));
  switch (form.when) {
    case 'daily':
      return { kind: 'cron', expression: `${minute} ${hour} * * *` };
    case 'weekly':
      return { kind: 'cron', expression: `${minute} ${hour} * * ${form.weekday}` };
    case 'interval':
      return { kind: 'interval', hours: numberOf(form.hours) };
    case 'sidereal':
      return { kind: 'sidereal', hours: numberOf(form.siderealHours) };
    case 'sunrise':
    case 'sunset':
      return { kind: form.when, offset_min: numberOf(form.offsetMin) };
    case 'once': {
      const at = new Date(form.at);
      return { kind: 'once', at: Number.isNaN(at.getTime()) ? form.at : at.toISOString() };
    }
    case 'cron':
      return { kind: 'cron', expression: form.expression };
  }
}

/** The API refuses NaN, which is null in JSON, with the name of the field. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}
