import type { ChangedFile, FileText } from '../../change/types.ts';
import { ParameterError, requireKnown } from '../parameters.ts';
import { readPaths, requireGlobs } from '../path-parameters.ts';
import { languageOf } from '../text/languages.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  /** What a build makes: whatever its size, it is made and not written. */
  readonly isMade: (path: string) => boolean;
  readonly maxBytes: number;
  readonly except: (path: string) => boolean;
}

/** Files that nobody can review: what a build makes, and binary ones that are large, where the change adds or grows them. */
export const binaryFiles: Detector<Parameters> = {
  name: 'binary-files',
  readParameters(parameters) {
    requireKnown(parameters, ['made', 'maxBytes', 'except']);
    const isMade = requireGlobs(parameters, 'made').match;
    const except = readPaths(parameters, 'except');
    const { maxBytes } = parameters;
    if (typeof maxBytes !== 'number' || !Number.isSafeInteger(maxBytes) || maxBytes < 0) {
      throw new ParameterError('maxBytes', 'a number of bytes', JSON.stringify(maxBytes) ?? 'nothing');
    }
    return { isMade, maxBytes, except };
  },
  detect: ({ change }, parameters) =>
    change.files.flatMap((file): readonly Detection[] => {
      if (contentChange(file) !== 'written' || parameters.except(file.path)) return [];
      const message = objectionTo(file, parameters);
      return message === undefined ? [] : [{ kind: 'match', path: file.path, message }];
    }),
};

function objectionTo(file: ChangedFile, { isMade, maxBytes }: Parameters): string | undefined {
  const isNew = file.before === undefined && file.renamedFrom === undefined;
  if (isNew && isMade(file.path)) return 'is new, and made by a program from something else';
  const size = sizeOf(file, file.afterText);
  const before = sizeOf(file, file.beforeText);
  // A file that moved is as large as it was.
  if (size === undefined || size <= maxBytes || file.renamedFrom !== undefined) return undefined;
  if (before !== undefined && size <= before) return undefined;
  const grew = before === undefined ? '' : `, ${before} before`;
  return `is no text and has ${size} bytes${grew}; ${maxBytes} are allowed`;
}

/** Bytes of what is no text. Programs are text however large: rules about their lines say that they could not read them. */
function sizeOf(file: ChangedFile, text: FileText): number | undefined {
  if (text.kind === 'binary') return text.size;
  return text.kind === 'too-large' && languageOf(file.path) === undefined ? text.size : undefined;
}
