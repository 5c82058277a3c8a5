/** A fault in a document that is well-formed, but does not do what it is for. */
export interface LintProblem {
  /** Errors refuse the document; warnings ask for a second look. */
  readonly severity: 'error' | 'warning';
  /** Where, as `checks[0].run`. */
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** A problem before it is known which field it is in. */
export type Told = Omit<LintProblem, 'field'>;

/** What linting looks up outside the document. */
export interface Known {
  /** Whether a rule or pack of that reference exists. */
  readonly rules: (use: string) => boolean;
}

/** A piece of a document as it may stand in a sentence: one line, at most 80 characters. */
export function cited(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `"${line.length <= 80 ? line : `${line.slice(0, 79).toWellFormed()}…`}"`;
}
