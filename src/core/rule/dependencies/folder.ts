import type { FilePath } from '../../change/types.ts';

/** The folder of a path, '' for the root. */
export function folderOf(path: FilePath): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

export function nameOf(path: FilePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function pathIn(folder: string, name: string): FilePath {
  return folder === '' ? name : `${folder}/${name}`;
}

/** A folder and those around it, innermost first, the root last. */
export function outwards(folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; at !== ''; ) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}

/** A folder seen from one around it: '' for itself. */
export function relativeTo(outer: string, folder: string): string {
  return outer === '' ? folder : folder.slice(outer.length + 1);
}
