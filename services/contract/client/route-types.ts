import type { z } from 'zod';
import type { ApiDescription } from '../rest/api-description.ts';
import type { ROUTES } from '../rest/routes.ts';

/** Addresses that the OpenAPI document does not list. */
interface OtherRoutes {
  'GET /health': (typeof ROUTES)['GET /api/health'];
  'GET /api/openapi.json': { answer: z.ZodType<ApiDescription> };
}

type Routes = typeof ROUTES & OtherRoutes;
type RouteName = keyof Routes;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The addresses of a method: `/api/rotors/${number}`, with or without a query. */
export type AddressOf<M extends Method> = WithQuery<Filled<PathOf<M>>>;

/** What the API answers at an address. */
export type AnswerOf<M extends Method, Address extends string> =
  RouteAt<M, Address> extends { answer: infer Answer extends z.ZodType } ? z.output<Answer> : undefined;

/** The request body at an address; undefined: none. */
export type BodyOf<M extends Method, Address extends string> =
  RouteAt<M, Address> extends { body: infer Body extends z.ZodType } ? z.input<Body> : undefined;

/** The paths of a method that take and answer JSON or nothing: `/api/rotors/{rotor_id}`. */
type PathOf<M extends Method> = {
  [Name in RouteName]: Name extends `${M} ${infer Path}`
    ? Routes[Name] extends { mediaType: string } | { uploads: readonly string[] }
      ? never
      : Path
    : never;
}[RouteName];

/** `/api/rotors/{rotor_id}` as `/api/rotors/${number}`. */
type Filled<Path extends string> = Path extends `${infer Start}{${infer Name}}${infer End}`
  ? `${Start}${Name extends `${string}_id` ? number : string}${Filled<End>}`
  : Path;

type WithQuery<Address extends string> = Address | `${Address}?${string}`;

type RouteAt<M extends Method, Address extends string> = Routes[Extract<
  RouteName,
  `${M} ${PathAt<M, Address>}`
>];

type PathAt<M extends Method, Address extends string> = MostSpecific<
  { [Path in PathOf<M>]: Address extends WithQuery<Filled<Path>> ? Path : never }[PathOf<M>]
>;

/**
 * Drops the paths that another one narrows: a text parameter matches slashes too, so
 * `/api/receivers/{name}` matches the addresses of `/api/receivers/{name}/calibrations`.
 */
type MostSpecific<Path extends string, All extends string = Path> = Path extends unknown
  ? [
      { [Other in Exclude<All, Path>]: Filled<Other> extends Filled<Path> ? Other : never }[Exclude<
        All,
        Path
      >],
    ] extends [never]
    ? Path
    : never
  : never;
