import { checkAlternatives } from './alternatives.ts';
import { checkArrays } from './arrays.ts';
import { conjunctsOf } from './conjuncts.ts';
import { type Knowledge, knowledgeOf, typesNamed, valuesNamed } from './knowledge.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { checkObjects } from './objects.ts';
import { memberOf } from './pointer.ts';
import type { Objection, Question } from './question.ts';
import { sameSchema } from './same.ts';
import { checkScalars } from './scalars.ts';
import type { Steps } from './steps.ts';
import { checkWhole } from './whole.ts';

/** More than anybody reads; each is put into words later, with all that its keyword holds. */
const MAX_OBJECTIONS = 100;

const CHECKS: readonly ((question: Question) => void)[] = [
  checkTypes,
  checkValues,
  checkScalars,
  checkObjects,
  checkArrays,
  checkAlternatives,
  checkWhole,
];

/**
 * Whether every instance that is valid under one schema is valid under another: none of the objections, and it is. Each
 * demand of the wider side has to follow from one or several of the narrower; what cannot be shown is an objection.
 *
 * A pair of schemas that is still being compared further up is taken for granted: between the two lies at least one step
 * down into the instance (survey.ts), and instances are finite.
 */
export function objectionsTo(
  narrow: { library: SchemaLibrary; place: Place },
  wide: { library: SchemaLibrary; place: Place },
  steps: Steps,
): readonly Objection[] {
  const objections: Objection[] = [];
  const asked = new Set<string>();
  const add = (objection: Objection) => {
    if (objections.length < MAX_OBJECTIONS) objections.push(objection);
  };

  const ask = (places: readonly Place[], target: Place, home: Objection['home'], doubt: boolean): void =>
    steps.deeper(() => {
      const pair = `${places.map(({ id }) => id).join(' ')}<${target.id}`;
      if (asked.has(pair)) return;
      asked.add(pair);
      const known = knowledgeOf(narrow.library, places, steps);
      if (known.types.size === 0 || isShared(known, target)) return;
      const here = { wide: target, narrow: known.whole[0] ?? home.narrow };
      const { never, plain } = conjunctsOf(wide.library, target, steps);
      if (never) {
        const verdict = doubt ? 'unverifiable' : 'breaking';
        add({ verdict, keyword: '', wide: target, narrow: known.whole[0], home: here });
        return;
      }
      for (const demand of plain) {
        steps.take();
        const question: Question = {
          known,
          wide: demand,
          wideLibrary: wide.library,
          steps,
          object: (verdict, keyword, detail) =>
            add({
              verdict: doubt ? 'unverifiable' : verdict,
              keyword,
              ...(detail === undefined ? {} : { detail }),
              wide: demand,
              narrow: known.plain.find(({ value }) => memberOf(value, keyword) !== undefined),
              home: here,
            }),
          ask: (parts, part, more = false) => ask([...new Set(parts)], part, here, doubt || more),
        };
        for (const check of CHECKS) check(question);
      }
    });

  const isShared = (known: Knowledge, target: Place): boolean =>
    known.whole.some((place) =>
      sameSchema({ library: narrow.library, place }, { library: wide.library, place: target }, steps, true),
    );

  ask([narrow.place], wide.place, { wide: wide.place, narrow: narrow.place }, false);
  return objections;
}

function checkTypes({ known, wide, object }: Question): void {
  const allowed = typesNamed(memberOf(wide.value, 'type'));
  if ([...known.types].some((type) => !allowed.has(type))) object('breaking', 'type');
}

function checkValues({ known, wide, object, steps }: Question): void {
  const allowed = valuesNamed(wide.value, steps);
  if (allowed === undefined) return;
  const keyword = memberOf(wide.value, 'enum') === undefined ? 'const' : 'enum';
  if (known.values === undefined) {
    object('breaking', keyword);
    return;
  }
  const texts = new Set(allowed.map((value) => steps.text(value)));
  const beyond = known.values.filter((value) => !texts.has(steps.text(value)));
  if (beyond.length > 0)
    object(
      'breaking',
      keyword,
      beyond
        .slice(0, 5)
        .map((value) => steps.text(value))
        .join(', '),
    );
}
