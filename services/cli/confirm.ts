import { CancelledError, type Context } from './context.ts';

/**
 * Asks for confirmation on a terminal; Enter means yes. Without a terminal the answer is yes, as
 * scripts expect. Throws `CancelledError` for no and for Ctrl-C.
 */
export async function confirm(
  { err, keyboard, interrupted }: Context,
  question: string,
  refused: string,
): Promise<void> {
  if (!keyboard || !err.isTTY) return;
  err.write(`${question} [Y/n] `);
  const yes = await new Promise<boolean>((resolve) => {
    const stop = keyboard.listen((key) => {
      if (/^[yY\r\n]$/.test(key)) answer(true);
      else if (/^[nN\u0003\u0004\u001b]$/.test(key)) answer(false);
    });
    const onInterrupt = () => answer(false);
    interrupted.addEventListener('abort', onInterrupt, { once: true });
    function answer(is: boolean): void {
      stop();
      interrupted.removeEventListener('abort', onInterrupt);
      resolve(is);
    }
  });
  err.write(yes ? 'yes\n' : 'no\n');
  if (!yes) throw new CancelledError(refused);
}
