/** Focuses the first invalid field of a form; in a radio group, the selected option. */
export function focusFirstInvalid(form: HTMLElement): void {
  const invalid = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  const input = invalid?.querySelector<HTMLElement>('input:checked, input');
  (input ?? invalid)?.focus();
}
