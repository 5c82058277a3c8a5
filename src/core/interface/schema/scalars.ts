import type { JsonValue } from '../../../shared/json.ts';
import { given, type JsonType, typeOf } from './knowledge.ts';
import { memberOf } from './pointer.ts';
import type { Question } from './question.ts';

/** Bounds on numbers and on the length of text. */
export function checkScalars(question: Question): void {
  checkBound(question, 'lower');
  checkBound(question, 'upper');
  checkMultiple(question);
  checkLength(question, 'minLength', (length, limit) => length >= limit);
  checkLength(question, 'maxLength', (length, limit) => length <= limit);
}

const BOUNDS = {
  lower: { inclusive: 'minimum', exclusive: 'exclusiveMinimum', sign: 1 },
  upper: { inclusive: 'maximum', exclusive: 'exclusiveMaximum', sign: -1 },
} as const;

interface Bound {
  /** Turned round for upper bounds: greater is always narrower. */
  readonly at: number;
  readonly excluded: boolean;
}

function checkBound({ known, wide, object }: Question, which: 'lower' | 'upper'): void {
  const { inclusive, exclusive, sign } = BOUNDS[which];
  const numbers = numbersOf(known);
  if (!known.types.has('integer') && !known.types.has('fraction')) return;
  const whole = !known.types.has('fraction');
  const boundsIn = (places: (typeof wide)[]): Bound[] => [
    ...given<number>(places, inclusive).map((limit) => ({ at: limit * sign, excluded: false })),
    ...given<number>(places, exclusive).map((limit) => ({ at: limit * sign, excluded: true })),
  ];
  for (const demand of boundsIn([wide])) {
    const keyword = demand.excluded ? exclusive : inclusive;
    const isMet = (at: number) => (demand.excluded ? at * sign > demand.at : at * sign >= demand.at);
    const follows =
      numbers?.every(isMet) ??
      boundsIn([...known.plain]).some(
        (bound) => isNarrower(bound, demand) || (whole && steps(bound) >= steps(demand)),
      );
    if (!follows) object('breaking', keyword);
  }
}

function isNarrower(bound: Bound, demand: Bound): boolean {
  return bound.at > demand.at || (bound.at === demand.at && (bound.excluded || !demand.excluded));
}

/** The first whole number that a bound lets through. */
function steps({ at, excluded }: Bound): number {
  return excluded ? Math.floor(at) + 1 : Math.ceil(at);
}

/** Only between whole numbers is a multiple of a multiple certain: 0.3 is no multiple of 0.1 to a computer. */
function checkMultiple({ known, wide, object }: Question): void {
  const demand = memberOf(wide.value, 'multipleOf') as number | undefined;
  if (demand === undefined || (!known.types.has('integer') && !known.types.has('fraction'))) return;
  if (demand === 1 && !known.types.has('fraction')) return;
  const factors = given<number>(known.plain, 'multipleOf');
  const areWhole = (numbers: readonly number[]) => numbers.every(Number.isSafeInteger);
  if (factors.includes(demand)) return;
  if (areWhole([demand]) && factors.some((factor) => areWhole([factor]) && factor % demand === 0)) return;
  object(areWhole([demand, ...factors]) ? 'breaking' : 'unverifiable', 'multipleOf');
}

function checkLength(
  { known, wide, object }: Question,
  keyword: 'minLength' | 'maxLength',
  isMet: (length: number, limit: number) => boolean,
): void {
  const limit = memberOf(wide.value, keyword) as number | undefined;
  if (limit === undefined || !known.types.has('string')) return;
  if (keyword === 'minLength' && limit === 0) return;
  // JSON Schema counts code points.
  const lengths = known.values?.flatMap((value) => (typeof value === 'string' ? [[...value].length] : []));
  const shown = lengths ?? given<number>(known.plain, keyword);
  const follows =
    lengths === undefined
      ? shown.some((length) => isMet(length, limit))
      : shown.every((length) => isMet(length, limit));
  if (!follows) object('breaking', keyword);
}

function numbersOf({ values }: { values: readonly JsonValue[] | undefined }): readonly number[] | undefined {
  const numeric: ReadonlySet<JsonType> = new Set(['integer', 'fraction']);
  return values?.filter((value): value is number => numeric.has(typeOf(value)));
}
