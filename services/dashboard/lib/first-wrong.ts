/** Puts the focus on the first field that says that it is wrong; of a choice on what is chosen. */
export function focusFirstWrong(form: HTMLElement): void {
  const wrong = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  const inside = wrong?.querySelector<HTMLElement>('input:checked, input');
  (inside ?? wrong)?.focus();
}
