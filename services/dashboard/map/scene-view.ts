import type { Pointing } from '#shared/sky/pointing';
import { layoutPlot } from '#sky-map/axes';
import { fitGrid } from '#sky-map/grid-box';
import type { Projection } from '#sky-map/projections';
import type { SkyMap } from '#sky-map/sky-map';
import { fitView, fromPixel, keepInView, panView, toPixel, zoomView, type View } from '#sky-map/view';

/** Size of the canvas, pixels. */
export interface CanvasSize {
  width: number;
  height: number;
  fontPx: number;
}

interface Point {
  x: number;
  y: number;
}

const MAX_ZOOM = 64;

/** The visible part of the sky. Lengths are canvas pixels. */
export class SceneView {
  #size: CanvasSize = { width: 1, height: 1, fontPx: 1 };
  #projection: Projection | undefined;
  #map: SkyMap | undefined;
  #whole: View | undefined;
  #current: View | undefined;
  /** Whether the grid fills the view, also after resizing. */
  #fitted = false;
  #maxZoom = MAX_ZOOM;

  get projection(): Projection | undefined {
    return this.#projection;
  }

  /** The view of the whole sky; undefined before `show`. */
  get whole(): View | undefined {
    return this.#whole;
  }

  get current(): View | undefined {
    return this.#current;
  }

  get zoom(): number {
    return this.#current && this.#whole ? this.#current.pxPerDegX / this.#whole.pxPerDegX : 1;
  }

  get fitted(): boolean {
    return this.#fitted;
  }

  /** Shows another map or projection: the whole sky, or the grid if it is fitted. */
  show(map: SkyMap, projection: Projection, size: CanvasSize): void {
    this.#map = map;
    this.#projection = projection;
    this.#layout(size, 1);
  }

  /** Keeps centre and zoom on a canvas of another size. */
  resize(size: CanvasSize): void {
    this.#layout(size, this.zoom);
  }

  /** `at`: the fixed point, by default the centre. */
  zoomBy(factor: number, at: Point = this.#middle()): void {
    this.#fitted = false;
    if (this.#current) this.#move(zoomView(this.#current, factor, at));
  }

  panBy(dx: number, dy: number): void {
    this.#fitted = false;
    if (this.#current) this.#move(panView(this.#current, dx, dy));
  }

  /** Shows the whole sky. */
  reset(): void {
    this.#fitted = false;
    if (this.#whole) this.#move(this.#whole);
  }

  /** Zooms until the grid fills the view. */
  fit(): void {
    this.#fitted = true;
    const near = this.#fittedView();
    if (near) this.#move(near);
  }

  /** Pans until a pointing is visible; returns whether it panned. */
  reveal(pointing: Pointing): boolean {
    const at = this.pixelOf(pointing);
    const { width, height } = this.#size;
    if (at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height) return false;
    const middle = this.#middle();
    this.panBy(middle.x - at.x, middle.y - at.y);
    return true;
  }

  /** The pointing at a pixel; undefined outside the sky. */
  pointingAt(at: Point): Pointing | undefined {
    if (!this.#current || !this.#projection) return undefined;
    const { x, y } = fromPixel(this.#current, at);
    const elevationDeg = this.#projection.elevationAt(x, y);
    if (Number.isNaN(elevationDeg)) return undefined;
    return { azimuthDeg: this.#projection.azimuthAt(x, y), elevationDeg };
  }

  /** The pixel of a pointing. */
  pixelOf({ azimuthDeg, elevationDeg }: Pointing): Point {
    if (!this.#current || !this.#projection) return { x: 0, y: 0 };
    return toPixel(this.#current, this.#projection.forward(azimuthDeg, elevationDeg));
  }

  #layout(size: CanvasSize, zoom: number): void {
    this.#size = size;
    if (!this.#projection) return;
    const { width, height, fontPx } = size;
    const { rect, padding } = layoutPlot(this.#projection, { x: 0, y: 0, width, height }, fontPx);
    const before = this.#current;
    this.#whole = this.#current = fitView(this.#projection, rect, padding);
    const fitted = this.#fittedView() ?? this.#whole;
    this.#maxZoom = Math.max(MAX_ZOOM, fitted.pxPerDegX / this.#whole.pxPerDegX);
    if (this.#fitted) this.#move(fitted);
    else if (before && zoom > 1) {
      const middle = fromPixel(before, middleOf(before.rect));
      const centre = middleOf(rect);
      const near = zoomView(this.#whole, zoom, centre);
      const now = fromPixel(near, centre);
      this.#move({ ...near, left: near.left + middle.x - now.x, top: near.top + middle.y - now.y });
    }
  }

  #fittedView(): View | undefined {
    return this.#whole && this.#projection && this.#map && fitGrid(this.#whole, this.#map, this.#projection);
  }

  #move(view: View): void {
    if (!this.#whole || !this.#projection) return;
    this.#current = keepInView(view, this.#whole, this.#projection, this.#maxZoom);
  }

  #middle(): Point {
    return middleOf({ x: 0, y: 0, ...this.#size });
  }
}

function middleOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
