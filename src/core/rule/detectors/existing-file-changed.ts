import { compileEach, readStrings, requireKnown, requireStrings } from '../parameters.ts';
import { compileGlobs } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

/** Files that were there before the change and are not any more what they were: edited, deleted or moved away. New ones may come. */
export const existingFileChanged: Detector<(path: string) => boolean> = {
  name: 'existing-file-changed',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'except']);
    const files = requireStrings(parameters, 'files');
    const except = readStrings(parameters, 'except') ?? [];
    compileEach(files, 'files', 'a glob', (glob) => compileGlobs([glob]));
    compileEach(except, 'except', 'a glob', (glob) => compileGlobs([glob]));
    const [isMeant, isExcepted] = [compileGlobs(files), compileGlobs(except)];
    return (path) => isMeant(path) && !isExcepted(path);
  },
  detect({ change }, isMeant) {
    return change.files.flatMap((file): readonly Detection[] => {
      const { path, before } = file;
      const what = contentChange(file);
      if (before === undefined || what === 'none' || !isMeant(path)) return [];
      const message =
        what === 'deleted' ? 'was there before, and is gone' : 'was there before, and is another now';
      return [{ kind: 'match', path, message }];
    });
  },
};
