/** A place on Earth, degrees; north and east are positive. */
export interface Site {
  latitudeDeg: number;
  longitudeDeg: number;
}
