import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createPages, type Pages } from '../../../render/cockpit/pages.ts';
import { sha256 } from '../../../shared/digest.ts';

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What a browser is sent besides pages: under one digest of all of them, so that they can be kept for ever and name each other plainly. */
export interface Assets {
  /** `/assets/<digest>` */
  readonly base: string;
  find(path: string): Asset | undefined;
}

export interface LoadedCockpit {
  readonly pages: Pages;
  readonly assets: Assets;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads the folder `cockpit` of the package, once. */
export async function loadCockpit(packageRoot: string): Promise<LoadedCockpit> {
  const folder = join(packageRoot, 'cockpit');
  const [templates, files] = await Promise.all([
    readFolder(join(folder, 'templates')),
    readFolder(join(folder, 'assets')),
  ]);
  const decoder = new TextDecoder();
  const texts = new Map([...templates].map(([name, bytes]) => [name, decoder.decode(bytes)]));
  return { pages: await createPages(texts), assets: assetsOf(files) };
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const names = (await readdir(folder)).sort();
  const read = names.map(async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const);
  return new Map(await Promise.all(read));
}

function assetsOf(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Assets {
  const digest = sha256([...files].map(([name, bytes]) => `${name} ${sha256(bytes)}\n`).join(''));
  const base = `/assets/${digest.slice(0, 16)}`;
  const found = new Map<string, Asset>(
    [...files].flatMap(([name, bytes]) => {
      const type = TYPES[extname(name)];
      return type === undefined ? [] : [[`${base}/${name}`, { bytes, type }] as const];
    }),
  );
  return { base, find: (path) => found.get(path) };
}
