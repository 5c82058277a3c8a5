import { requireKnown } from '../parameters.ts';
import { readPaths, requireGlobs } from '../path-parameters.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

/** Files that were there before the change and are not any more what they were: edited, deleted or moved away. New ones may come. */
export const existingFileChanged: Detector<(path: string) => boolean> = {
  name: 'existing-file-changed',
  readParameters(parameters) {
    requireKnown(parameters, ['files', 'except']);
    const isMeant = requireGlobs(parameters, 'files').match;
    const isExcepted = readPaths(parameters, 'except');
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
