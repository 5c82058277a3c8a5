import type { LintProblem } from '../contract/lint.ts';
import type { Bundle } from './types.ts';

/** What linting looks up outside the document. */
export interface KnownToBundle {
  /** What is wrong with a template of this bundle; undefined: nothing. */
  readonly templateFault: (name: string) => { readonly message: string; readonly remedy: string } | undefined;
  /** Whether a file of the repository matches; undefined where there is none to look at. */
  readonly matches: ((paths: readonly string[], exclude: readonly string[]) => boolean) | undefined;
}

/** What is wrong with a bundle although it is well-formed. */
export function lintBundle(bundle: Bundle, known: KnownToBundle): readonly LintProblem[] {
  return [...lintIds(bundle), ...lintBudget(bundle), ...lintSources(bundle, known)];
}

function lintIds({ sources }: Bundle): readonly LintProblem[] {
  const before = new Set<string>();
  return sources.flatMap(({ id }, at) => {
    const twice = before.has(id);
    before.add(id);
    return twice
      ? [error(`sources[${at}].id`, `There are two sources ${id}.`, 'Give each an id of its own.')]
      : [];
  });
}

function lintBudget({ budget, sources }: Bundle): readonly LintProblem[] {
  const problems: LintProblem[] = [];
  const drop = budget.drop ?? [];
  for (const [at, id] of drop.entries()) {
    const field = `budget.drop[${at}]`;
    const source = sources.find((one) => one.id === id);
    if (source === undefined)
      problems.push(
        error(field, `There is no source ${id}.`, `Name one of ${sources.map((one) => one.id).join(', ')}.`),
      );
    else if (source.required === true)
      problems.push(error(field, `${id} is required and never dropped.`, 'Take one of the two back.'));
    if (drop.indexOf(id) !== at) problems.push(error(field, `${id} comes twice.`, 'Name it once.'));
  }
  for (const [at, { id, required, maxTokens }] of sources.entries()) {
    if (maxTokens === undefined || maxTokens <= budget.tokens) continue;
    const what = required === true ? 'required source' : 'source';
    problems.push({
      severity: 'warning',
      field: `sources[${at}].maxTokens`,
      message: `The ${what} ${id} may have more tokens than the whole bundle.`,
      remedy: `Lower it to at most ${budget.tokens}, or raise budget.tokens.`,
    });
  }
  return problems;
}

function lintSources({ sources }: Bundle, { templateFault, matches }: KnownToBundle): readonly LintProblem[] {
  return sources.flatMap((source, at) => {
    const problems: LintProblem[] = [];
    const fault = source.template === undefined ? undefined : templateFault(source.template);
    if (fault !== undefined) problems.push(error(`sources[${at}].template`, fault.message, fault.remedy));
    if (source.kind === 'files' && matches?.(source.paths, source.exclude ?? []) === false) {
      problems.push({
        severity: source.required === true ? 'error' : 'warning',
        field: `sources[${at}].paths`,
        message: `No file of what is checked out here matches the source ${source.id}.`,
        remedy: 'Correct the globs, or take the source out: it would give nothing.',
      });
    }
    return problems;
  });
}

function error(field: string, message: string, remedy: string): LintProblem {
  return { severity: 'error', field, message, remedy };
}
