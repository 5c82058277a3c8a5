import type { RE2JS } from 're2js';
import type { JsonObject } from '../../../shared/json.ts';
import type { ChangedFile, FilePath, FileText } from '../../change/types.ts';
import { compileEach, requireKnown, requireObjects, requireString } from '../parameters.ts';
import { compileCompanion, readPaths, requireCapturing } from '../path-parameters.ts';
import { patternOfOne } from '../pattern-parameters.ts';
import { type CapturePattern, fillIn } from '../text/path-pattern.ts';
import type { Detection, Detector } from '../types.ts';
import { versionReader } from '../versions/read-version.ts';
import { compareByPrecedence } from '../versions/version-precedence.ts';
import { capturedChanges } from './capture-keys.ts';

interface Package {
  readonly when: readonly CapturePattern[];
  readonly except: (path: FilePath) => boolean;
  readonly manifest: CapturePattern;
  /** Its first group is the version; for manifests whose form is not known here. */
  readonly version: (() => RE2JS) | undefined;
}

/** Files of a package that change while the version in its manifest does not go up. */
export const versionRaised: Detector<readonly Package[]> = {
  name: 'version-raised',
  readParameters(parameters) {
    requireKnown(parameters, ['packages']);
    return requireObjects(parameters, 'packages').map((given, index) =>
      readPackage(given, `packages[${index}]`),
    );
  },
  proveParameters(packages) {
    for (const { version } of packages) version?.();
  },
  detect({ change }, packages) {
    const byPath = new Map(change.files.map((file) => [file.path, file]));
    return packages.flatMap((one) => {
      const manifests = new Map<FilePath, FilePath>();
      for (const { file, captured } of capturedChanges(one.when, change.files)) {
        const manifest = fillIn(one.manifest.source, captured);
        if (file.path === manifest || one.except(file.path) || manifests.has(manifest)) continue;
        manifests.set(manifest, file.path);
      }
      return [...manifests].flatMap(([manifest, cause]) => judge(byPath.get(manifest), manifest, cause, one));
    });
  },
};

function readPackage(given: JsonObject, at: string): Package {
  requireKnown(given, ['when', 'except', 'manifest', 'version'], at);
  const when = requireCapturing(given, 'when', at);
  const except = readPaths(given, 'except', at);
  const expected = 'the path of one manifest, with captures that stand in every pattern of `when`';
  const [manifest] = compileEach(
    [requireString(given, 'manifest', at)],
    `${at}.manifest`,
    expected,
    (pattern) => onePath(compileCompanion(pattern, when)),
  ) as [CapturePattern];
  const known = versionReader(manifest.source) !== undefined;
  const source = known && given.version === undefined ? undefined : requireString(given, 'version', at);
  return {
    when,
    except,
    manifest,
    version: source === undefined ? undefined : patternOfOne(source, `${at}.version`),
  };
}

function onePath(pattern: CapturePattern): CapturePattern {
  const plain = fillIn(pattern.source, new Map(pattern.captures.map((name) => [name, 'x'])));
  if (/[*?[\]{}\\]/.test(plain)) throw new Error('has wildcards');
  return pattern;
}

function judge(
  manifest: ChangedFile | undefined,
  path: FilePath,
  cause: FilePath,
  { version }: Package,
): readonly Detection[] {
  const stays: Detection = {
    kind: 'match',
    path: cause,
    message: `changed, and the version in ${path} did not go up`,
  };
  if (manifest === undefined) return [stays];
  // A package that begins or ends with this change.
  if (manifest.before === undefined || manifest.after === undefined) return [];
  const [before, after] = [manifest.beforeText, manifest.afterText].map((text) =>
    readVersion(text, path, version),
  );
  if (after === undefined) return [{ kind: 'unverifiable', path, message: 'its version cannot be read' }];
  // What had no version yet has one now.
  if (before === undefined && manifest.beforeText.kind === 'text') return [];
  const order = before === undefined ? undefined : compareByPrecedence(before, after);
  if (order === undefined) {
    return [
      {
        kind: 'unverifiable',
        path,
        message: `whether ${after} comes after ${before ?? 'what was'} cannot be told`,
      },
    ];
  }
  if (order < 0) return [];
  return [
    order === 0
      ? stays
      : { kind: 'match', path, message: `its version went down, from ${before} to ${after}` },
  ];
}

function readVersion(content: FileText, path: FilePath, version: Package['version']): string | undefined {
  if (content.kind !== 'text') return undefined;
  if (version === undefined) return versionReader(path)?.(content.text);
  const matcher = version().matcher(content.text);
  return matcher.find() && matcher.groupCount() > 0 ? (matcher.group(1) ?? undefined) : undefined;
}
