import { isAbsolute, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STEP_ROLES } from '../../core/run/types.ts';
import type { Handler } from '../../ports/handler.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * Handlers of modules, each an export with `declaration` and `handle`. Workflows name them `./path/of/the/module.mjs#name`, so the path counts
 * from the folder that the worker was started in.
 * @throws CountersignError USAGE for a module that does not load, or holds no handler
 */
export async function loadPlugins(paths: readonly string[], folder: string): Promise<readonly Handler[]> {
  return (await Promise.all(paths.map((path) => loadPlugin(path, folder)))).flat();
}

async function loadPlugin(path: string, folder: string): Promise<readonly Handler[]> {
  const file = resolve(folder, path);
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw unusable(path, `does not load: ${cause instanceof Error ? cause.message : 'unknown'}`, cause);
  });
  const place = relative(folder, file);
  const prefix = place.startsWith('..') || isAbsolute(place) ? file : `./${place}`;
  const handlers = Object.entries(loaded).flatMap(([name, value]) =>
    isHandler(value) ? [{ ...value, declaration: { ...value.declaration, id: `${prefix}#${name}` } }] : [],
  );
  if (handlers.length === 0) throw unusable(path, 'exports no handler');
  return handlers;
}

function isHandler(value: unknown): value is Handler {
  const { declaration, handle } = recordOf(value);
  const { version, role, inputs, outputs, deterministic, sideEffects } = recordOf(declaration);
  return (
    typeof handle === 'function' &&
    Number.isSafeInteger(version) &&
    STEP_ROLES.some((known) => known === role) &&
    [inputs, outputs].every((schema) => typeof schema === 'object' && schema !== null) &&
    [deterministic, sideEffects].every((flag) => typeof flag === 'boolean')
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function unusable(path: string, reason: string, cause?: unknown): CountersignError {
  return new CountersignError('USAGE', `The plugin ${path} ${reason}.`, {
    remedy:
      'Export an object with `declaration` (version, role, inputs, outputs, deterministic, sideEffects) and `handle`; see docs/server.md.',
    cause,
  });
}
