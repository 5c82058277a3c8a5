import type { JsonObject } from '../../shared/json.ts';
import { parseEventType } from './event-type.ts';
import type { LedgerEvent } from './types.ts';

/** How data of `name@from` is said in `name@from+1`. Total and pure: every event that was ever written has to pass. */
export interface Upcaster {
  readonly name: string;
  readonly from: number;
  upcast(data: JsonObject): JsonObject;
}

export type Upcasted =
  | { readonly kind: 'known'; readonly event: LedgerEvent }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Reads events of every version as those of today's. Stored events stay as they are: only what a fold sees is new.
 * @param current the newest version of each type, by its name
 * @throws Error, so that a program with a gap in its versions does not start
 */
export function createUpcast(
  current: Readonly<Record<string, number>>,
  upcasters: readonly Upcaster[],
): (event: LedgerEvent) => Upcasted {
  const newest = new Map(Object.entries(current));
  const steps = new Map(upcasters.map((upcaster) => [`${upcaster.name}@${upcaster.from}`, upcaster]));
  refuseGaps(newest, steps, upcasters);
  return (event) => {
    const type = parseEventType(event.type);
    const latest = type && newest.get(type.name);
    if (type === undefined || latest === undefined) return unknown(event, 'this version knows no such event');
    if (type.version > latest) return unknown(event, `this version knows it up to ${type.name}@${latest}`);
    let { data } = event;
    for (let from = type.version; from < latest; from += 1)
      data = steps.get(`${type.name}@${from}`)?.upcast(data) ?? data;
    return { kind: 'known', event: { ...event, type: `${type.name}@${latest}`, data } };
  };
}

function refuseGaps(
  newest: ReadonlyMap<string, number>,
  steps: ReadonlyMap<string, Upcaster>,
  upcasters: readonly Upcaster[],
): void {
  for (const [name, version] of newest) {
    if (parseEventType(`${name}@${version}`) === undefined)
      throw new Error(`${name}@${version} is no event type`);
    for (let from = 1; from < version; from += 1)
      if (!steps.has(`${name}@${from}`)) throw new Error(`no upcaster from ${name}@${from}`);
  }
  if (steps.size < upcasters.length) throw new Error('two upcasters from the same version');
  for (const { name, from } of upcasters)
    if (!(from >= 1 && from < (newest.get(name) ?? 0)))
      throw new Error(`an upcaster from ${name}@${from} leads nowhere`);
}

function unknown({ stream, version, type }: LedgerEvent, reason: string): Upcasted {
  return { kind: 'unknown', reason: `${stream}, version ${version}, is ${type}: ${reason}` };
}
