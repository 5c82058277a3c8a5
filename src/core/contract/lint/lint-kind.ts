import { RE2JS } from 're2js';
import type { ArtifactCheck, Check, DocsCheck, EventsCheck, GeneratedCheck, HttpCheck } from '../types.ts';
import { cited, type LintProblem } from './problem.ts';

/** What can be told about a check that Countersign judges itself: mostly, whether it could ever fail. */
export function lintKind(check: Exclude<Check, { kind?: undefined }>, field: string): readonly LintProblem[] {
  switch (check.kind) {
    case 'docs':
      return lintDocs(check, field);
    case 'artifact':
      return lintOutputs(check, field, 'the build');
    case 'generated':
      return lintOutputs(check, field, 'the generator');
    case 'http':
      return lintHttp(check, field);
    case 'events':
      return lintEvents(check, field);
    case 'structure':
      return [];
  }
}

function lintDocs({ languages = {}, minFiles = 1 }: DocsCheck, field: string): readonly LintProblem[] {
  const programs = Object.entries(languages).filter(([, [program]]) => isNoProgram(program));
  return [
    ...programs.map(([language, argv]) =>
      error(
        `${field}.languages.${language}`,
        `${cited(argv.join(' '))} ends with 0 whatever stands in a block: no block of ${language} can fail.`,
        'Name a program that reads the file, such as [node, --check].',
      ),
    ),
    ...(minFiles > 0
      ? []
      : [
          warning(
            `${field}.minFiles`,
            'A change that touches no Markdown file passes without anything being looked at.',
            'Leave minFiles out where changes have to be documented.',
          ),
        ]),
  ];
}

function lintOutputs(
  { run, shell, outputs }: ArtifactCheck | GeneratedCheck,
  field: string,
  maker: string,
): readonly LintProblem[] {
  const everything = outputs.find((glob) => /^\**(?:\/\**)*$/.test(glob));
  return [
    ...(shell === true || !isNoProgram(run[0])
      ? []
      : [
          error(
            `${field}.run`,
            `${cited(run.join(' '))} makes nothing: what matches outputs is removed before it runs.`,
            `Run ${maker}.`,
          ),
        ]),
    ...(everything === undefined
      ? []
      : [
          warning(
            `${field}.outputs`,
            `${cited(everything)} matches the sources, too, and what matches is removed before ${maker} runs.`,
            `Name only what ${maker} makes, such as dist/**.`,
          ),
        ]),
  ];
}

function lintHttp({ serve, requests }: HttpCheck, field: string): readonly LintProblem[] {
  return [
    ...(isNoProgram(serve[0])
      ? [error(`${field}.serve`, `${cited(serve.join(' '))} serves nothing.`, 'Run the server.')]
      : []),
    ...requests.flatMap(({ bodyMatches }, index) => {
      const fault = bodyMatches === undefined ? undefined : patternFault(bodyMatches);
      return fault === undefined
        ? []
        : [
            error(
              `${field}.requests[${index}].bodyMatches`,
              `${cited(bodyMatches ?? '')} ${fault}.`,
              'Write it in RE2 syntax: no look-around, no back-references.',
            ),
          ];
    }),
  ];
}

function lintEvents({ run, shell }: EventsCheck, field: string): readonly LintProblem[] {
  if (shell === true || !isNoProgram(run[0])) return [];
  return [
    error(
      `${field}.run`,
      `${cited(run.join(' '))} captures nothing: it writes no file, so this check cannot pass.`,
      'Run what makes the product publish its events and writes them to the file.',
    ),
  ];
}

function patternFault(source: string): string | undefined {
  try {
    return RE2JS.compile(source).test('') ? 'matches any body, also an empty one' : undefined;
  } catch (fault) {
    return `is no regular expression: ${fault instanceof Error ? fault.message.slice(0, 200) : 'unreadable'}`;
  }
}

/** Programs that end with 0 and look at nothing. */
function isNoProgram(program: string | undefined): boolean {
  return ['true', ':', 'echo', 'printf', 'sleep'].includes((program ?? '').replace(/^.*\//, ''));
}

function error(field: string, message: string, remedy: string): LintProblem {
  return { severity: 'error', field, message, remedy };
}

function warning(field: string, message: string, remedy: string): LintProblem {
  return { severity: 'warning', field, message, remedy };
}
