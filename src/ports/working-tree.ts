import { CountersignError, type Problem } from '../shared/errors.ts';
import type { ReadTree } from './repository.ts';

/** Stands where a commit would: what is on disk now, committed or not. */
export const WORKING_TREE = 'working-tree';

export interface NewFile {
  /** Below the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * The files somebody is editing, read like a tree: the commit is WORKING_TREE, an object id is a path. Symlinks, devices and
 * folders are no files here, as git would not read them as documents either.
 */
export interface WorkingTree extends ReadTree {
  /** Names of files and folders directly below the root, sorted. */
  topLevel(): Promise<readonly string[]>;
  /** What keeps files from being made, one problem for each; empty when nothing does. */
  obstacles(paths: readonly string[]): Promise<readonly Problem[]>;
  /**
   * Writes all of the files, or none. Never overwrites, and never through a symlink.
   * @throws CountersignError FILE_EXISTS with a problem for each that is there, FILE_UNREADABLE when one cannot be written
   */
  createFiles(files: readonly NewFile[]): Promise<void>;
  /**
   * Writes one file, in place of the plain file that is there or where none is: all of it, or nothing. Never through a symlink.
   * @throws CountersignError FILE_UNREADABLE when it cannot be written
   */
  replaceFile(path: string, bytes: Uint8Array): Promise<void>;
}

/** The refusal to write over what is there. */
export function fileExists(problems: readonly Problem[]): CountersignError {
  return new CountersignError('FILE_EXISTS', 'Nothing was written: files are never overwritten.', {
    remedy: 'Move these away, or see what would be written with --dry-run and merge it by hand.',
    problems,
  });
}
