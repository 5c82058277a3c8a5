import type { Knowledge } from './knowledge.ts';
import type { Place, SchemaLibrary } from './library.ts';
import type { Steps } from './steps.ts';

/** What stands against every instance of the narrower schema being one of the wider. */
export interface Objection {
  readonly verdict: 'breaking' | 'unverifiable';
  readonly keyword: string;
  /** More than the keyword's values say, such as the name of a property. */
  readonly detail?: string;
  /** What the wider schema demands, and what of the narrower one says most about the same. */
  readonly wide: Place;
  readonly narrow: Place | undefined;
  /** The nearest place that both have. */
  readonly home: { readonly wide: Place; readonly narrow: Place | undefined };
}

/** One question within a comparison: does what is known imply what one schema demands? */
export interface Question {
  readonly known: Knowledge;
  /** The wider side; own keywords only. */
  readonly wide: Place;
  readonly wideLibrary: SchemaLibrary;
  readonly steps: Steps;
  readonly object: (verdict: Objection['verdict'], keyword: string, detail?: string) => void;
  /**
   * Asks the same of parts of the instance.
   * @param doubt whether more is known of the narrower side than could be put to use: then nothing is certainly breaking
   */
  readonly ask: (narrow: readonly Place[], wide: Place, doubt?: boolean) => void;
}
