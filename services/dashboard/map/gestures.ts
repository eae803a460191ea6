/** Handlers of gestures; positions are CSS pixels from the top left corner of the element. */
export interface Gestures {
  hover(at: { x: number; y: number } | undefined): void;
  tap(at: { x: number; y: number }): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: { x: number; y: number }): void;
}

// Smaller movements count as a tap.
const STILL_PX = 6;
const ZOOM_PER_PX = 0.0015;
// Factors for WheelEvent.deltaMode: pixels, lines, pages.
const PX_PER_UNIT = [1, 20, 400] as const;

/** Listens to mouse, touch and pen. Returns a function that removes the listeners. */
export function listenToGestures(element: HTMLElement, gestures: Gestures): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  const ending = new AbortController();
  const options = { signal: ending.signal };
  let travelledPx = 0;
  let maxFingers = 0;

  const place = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      if (fingers.size === 0) travelledPx = maxFingers = 0;
      fingers.set(event.pointerId, place(event));
      maxFingers = Math.max(maxFingers, fingers.size);
      element.setPointerCapture(event.pointerId);
    },
    options,
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const at = place(event);
      const before = fingers.get(event.pointerId);
      if (!before) {
        if (event.pointerType !== 'touch') gestures.hover(at);
        return;
      }
      travelledPx += Math.hypot(at.x - before.x, at.y - before.y);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, at);
      if (travelledPx < STILL_PX) return;
      gestures.hover(undefined);
      // Each of two fingers contributes half of the pan; their distance determines the zoom.
      const share = other ? 0.5 : 1;
      gestures.pan((at.x - before.x) * share, (at.y - before.y) * share);
      if (!other) return;
      const factor = distance(at, other) / Math.max(1, distance(before, other));
      gestures.zoom(factor, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    },
    options,
  );
  const lift = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && maxFingers === 1 && travelledPx < STILL_PX) gestures.tap(place(event));
  };
  element.addEventListener('pointerup', lift, options);
  element.addEventListener('pointercancel', lift, options);
  element.addEventListener(
    'pointerleave',
    ({ pointerType }) => {
      // Lifting a finger fires pointerleave too; the tapped cell stays shown.
      if (fingers.size === 0 && pointerType !== 'touch') gestures.hover(undefined);
    },
    options,
  );
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (PX_PER_UNIT[event.deltaMode] ?? 1);
      gestures.zoom(Math.exp(-pixels * ZOOM_PER_PX), place(event));
    },
    { ...options, passive: false },
  );
  return () => ending.abort();
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
