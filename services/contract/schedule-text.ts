import type { Trigger } from './rest/schedules.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** When a trigger fires, as a phrase: `every day at 03:00`, `30 min before sunset`. */
export function triggerText(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'cron':
      return cronText(trigger.expression);
    case 'interval':
      return `every ${trigger.hours} h`;
    case 'sidereal':
      return `at sidereal time ${trigger.hours} h`;
    case 'sunrise':
    case 'sunset': {
      const { kind, offset_min } = trigger;
      if (offset_min === 0) return `at ${kind}`;
      return `${Math.abs(offset_min)} min ${offset_min < 0 ? 'before' : 'after'} ${kind}`;
    }
    case 'once':
      return `once, ${trigger.at}`;
  }
}

/** The common expressions in words; the others as they are. */
function cronText(expression: string): string {
  const simple = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7])$/.exec(expression.trim().replace(/\s+/g, ' '));
  if (!simple) return `cron ${expression}`;
  const [, minute = '', hour = '', weekday = ''] = simple;
  const day = weekday === '*' ? 'day' : WEEKDAYS[Number(weekday) % 7];
  return `every ${day ?? ''} at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
}
