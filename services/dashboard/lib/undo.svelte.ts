import { UndoList, type UndoableChange } from './undo-list.ts';

/** `shell/Toasts.svelte` shows these changes. */
export class UndoableChanges extends UndoList {
  override list = $state.raw<readonly UndoableChange[]>([]);
}
