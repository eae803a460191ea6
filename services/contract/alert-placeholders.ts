/** What the title and the text of a message may contain, in braces. */
export const ALERT_PLACEHOLDERS = [
  'event',
  'kind',
  'headline',
  'azimuth',
  'elevation',
  'channels',
  'change_db',
  'z',
  'source',
  'schedule',
  'reason',
  'time',
  'session',
  'alert',
  'link',
  'picture',
] as const;
export type AlertPlaceholder = (typeof ALERT_PLACEHOLDERS)[number];

const PLACEHOLDER = /\{([^{}]*)\}/g;

/**
 * Why a text cannot be a template; undefined: it can. Values are inserted as text: markup would not
 * be shown.
 */
export function templateProblem(text: string, mayHaveLines: boolean): string | undefined {
  if (/[<>]/.test(text)) return 'Must not contain < or >: messages are plain text';
  const controls = mayHaveLines ? /(?![\n\r\t])\p{Cc}/u : /\p{Cc}/u;
  if (controls.test(text))
    return `Must not contain control characters${mayHaveLines ? ' other than line breaks' : ''}`;
  const known = `; known are {${ALERT_PLACEHOLDERS.join('}, {')}}`;
  for (const [placeholder, name = ''] of text.matchAll(PLACEHOLDER))
    if (!isPlaceholder(name)) return `Has the unknown placeholder ${placeholder}${known}`;
  if (/[{}]/.test(text.replace(PLACEHOLDER, ''))) return `Has a brace without its counterpart${known}`;
  return undefined;
}

/** The text with the values in place of the placeholders. */
export function fillTemplate(text: string, values: Record<AlertPlaceholder, string>): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) =>
    isPlaceholder(name) ? values[name] : placeholder,
  );
}

function isPlaceholder(name: string): name is AlertPlaceholder {
  return (ALERT_PLACEHOLDERS as readonly string[]).includes(name);
}
