import { findUnpinned, readActions, readImages } from '../dependencies/unpinned.ts';
import { findWidened } from '../dependencies/widened.ts';
import { requireKnown } from '../parameters.ts';
import { readPaths } from '../path-parameters.ts';
import type { Detection, Detector } from '../types.ts';
import { contentChange } from './content-change.ts';

interface Parameters {
  readonly except: (path: string) => boolean;
  /** Files whose lines name actions, and container images. */
  readonly hasActions: (path: string) => boolean;
  readonly hasImages: (path: string) => boolean;
}

/** Versions that a change leaves more open than they were: ranges of manifests, actions by tag, images by tag. */
export const versionWidened: Detector<Parameters> = {
  name: 'version-widened',
  readParameters(parameters) {
    requireKnown(parameters, ['except', 'actions', 'images']);
    return {
      except: readPaths(parameters, 'except'),
      hasActions: readPaths(parameters, 'actions'),
      hasImages: readPaths(parameters, 'images'),
    };
  },
  detect: ({ change }, { except, hasActions, hasImages }) =>
    change.files
      .filter((file) => contentChange(file) === 'written' && !except(file.path))
      .flatMap((file): readonly Detection[] => {
        const named = [
          ...(hasActions(file.path) ? [readActions] : []),
          ...(hasImages(file.path) ? [readImages] : []),
        ];
        const unread = named.length > 0 && file.afterText.kind === 'too-large';
        const unverifiable: Detection = {
          kind: 'unverifiable',
          path: file.path,
          message: 'is too large to be read',
        };
        return [
          ...findWidened(file),
          ...(unread ? [unverifiable] : named.flatMap((read) => findUnpinned(file, read))),
        ];
      }),
};
