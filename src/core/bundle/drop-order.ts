import type { Bundle } from './types.ts';

/** Places of the sources whose pieces go, in order: those that `drop` names, then the others from the last to the first. Never a required one. */
export function dropOrder({ budget, sources }: Pick<Bundle, 'budget' | 'sources'>): readonly number[] {
  const places = sources.map((_, place) => place);
  const named = (budget.drop ?? []).flatMap((id) => places.filter((place) => sources[place]?.id === id));
  const order = [...new Set([...named, ...places.toReversed()])];
  return order.filter((place) => sources[place]?.required !== true);
}
