import type { Pointing } from '#shared/sky/pointing';
import { layoutPlot } from '#sky-map/axes';
import { fitGrid } from '#sky-map/grid-box';
import type { Projection } from '#sky-map/projections';
import type { SkyMap } from '#sky-map/sky-map';
import { fitView, fromPixel, keepInView, panView, toPixel, zoomView, type View } from '#sky-map/view';

/** What the map is drawn on, pixels. */
export interface Sheet {
  width: number;
  height: number;
  fontPx: number;
}

interface Point {
  x: number;
  y: number;
}

const MOST_ZOOM = 64;

/** Which part of the sky is in sight. Lengths are pixels of the sheet; nothing is drawn here. */
export class SceneView {
  #sheet: Sheet = { width: 1, height: 1, fontPx: 1 };
  #projection: Projection | undefined;
  #map: SkyMap | undefined;
  #whole: View | undefined;
  #now: View | undefined;
  /** Whether the view is that of `fit`, and stays it when the sheet changes its size. */
  #fitted = false;
  #mostZoom = MOST_ZOOM;

  get projection(): Projection | undefined {
    return this.#projection;
  }

  /** The view of the whole sky; undefined while no map is shown. */
  get whole(): View | undefined {
    return this.#whole;
  }

  get now(): View | undefined {
    return this.#now;
  }

  get zoom(): number {
    return this.#now && this.#whole ? this.#now.pxPerDegX / this.#whole.pxPerDegX : 1;
  }

  get fitted(): boolean {
    return this.#fitted;
  }

  /** Another map or projection: the whole of it, or the grid when it is fitted. */
  show(map: SkyMap, projection: Projection, sheet: Sheet): void {
    this.#map = map;
    this.#projection = projection;
    this.#layOut(sheet, 1);
  }

  /** The same middle at the same zoom on another sheet. */
  resize(sheet: Sheet): void {
    this.#layOut(sheet, this.zoom);
  }

  /** `at`: what stays where it is; the middle when it is left out. */
  zoomBy(factor: number, at: Point = this.#middle()): void {
    this.#fitted = false;
    if (this.#now) this.#move(zoomView(this.#now, factor, at));
  }

  panBy(dx: number, dy: number): void {
    this.#fitted = false;
    if (this.#now) this.#move(panView(this.#now, dx, dy));
  }

  /** The whole sky. */
  reset(): void {
    this.#fitted = false;
    if (this.#whole) this.#move(this.#whole);
  }

  /** The grid fills the picture. */
  fit(): void {
    this.#fitted = true;
    const near = this.#fittedView();
    if (near) this.#move(near);
  }

  /** Pans until a pointing is in sight; returns whether it had to. */
  reveal(pointing: Pointing): boolean {
    const at = this.pixelOf(pointing);
    const { width, height } = this.#sheet;
    if (at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height) return false;
    const middle = this.#middle();
    this.panBy(middle.x - at.x, middle.y - at.y);
    return true;
  }

  /** What is at a pixel; undefined where there is no sky. */
  pointingAt(at: Point): Pointing | undefined {
    if (!this.#now || !this.#projection) return undefined;
    const { x, y } = fromPixel(this.#now, at);
    const elevationDeg = this.#projection.elevationAt(x, y);
    if (Number.isNaN(elevationDeg)) return undefined;
    return { azimuthDeg: this.#projection.azimuthAt(x, y), elevationDeg };
  }

  /** Where a pointing is. */
  pixelOf({ azimuthDeg, elevationDeg }: Pointing): Point {
    if (!this.#now || !this.#projection) return { x: 0, y: 0 };
    return toPixel(this.#now, this.#projection.forward(azimuthDeg, elevationDeg));
  }

  #layOut(sheet: Sheet, zoom: number): void {
    this.#sheet = sheet;
    if (!this.#projection) return;
    const { width, height, fontPx } = sheet;
    const { rect, padding } = layoutPlot(this.#projection, { x: 0, y: 0, width, height }, fontPx);
    const before = this.#now;
    this.#whole = this.#now = fitView(this.#projection, rect, padding);
    const fitted = this.#fittedView() ?? this.#whole;
    this.#mostZoom = Math.max(MOST_ZOOM, fitted.pxPerDegX / this.#whole.pxPerDegX);
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
    this.#now = keepInView(view, this.#whole, this.#projection, this.#mostZoom);
  }

  #middle(): Point {
    return middleOf({ x: 0, y: 0, ...this.#sheet });
  }
}

function middleOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
